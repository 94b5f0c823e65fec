package io.saddlebag.lab.drop;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.message.SiteId;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProposedNameTest {
    private static final SiteId OWN = SiteId.of("ZH-LAB");
    private static final LocalDate TODAY = LocalDate.of(2026, 11, 29);

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            results.csv ;                        ; ZH-LAB_DAT_20261129_001.csv
            my results.tar.gz ; .*                     ; ZH-LAB_DAT_20261129_001.tar.gz
            results ; ZH-LAB_IMG_.*          ; ZH-LAB_IMG_20261129_001
            scan.tiff ; ZH-LAB_(RPT|IMG)_.*    ; ZH-LAB_RPT_20261129_001.tiff
            scan.tiff ; ZH-LAB_.*[.]tiff?      ; ZH-LAB_DAT_20261129_001.tiff
            ZH-LAB_IMG_2026-11-29_1.png ; ZH-LAB_(RPT|IMG)_.*    ; ZH-LAB_IMG_20261129_001.png
            FL-LAB_DAT_20251008_007.csv ; ZH-LAB_.*              ; ZH-LAB_DAT_20251008_007.csv
            x.fü bar ;                        ; ZH-LAB_DAT_20261129_001
            """)
    void isThisLaboratorysOfTodayAndTakenByTheFolder(String refused, String taken, String proposed) {
        assertThat(ProposedName.of(refused, OWN, taken, TODAY, id -> false)).contains(proposed);
    }

    @Test
    void passesOverIdsThatMessagesHave() {
        assertThat(ProposedName.of("x.csv", OWN, null, TODAY, id -> id.value().endsWith("_001")))
                .contains("ZH-LAB_DAT_20261129_002.csv");
    }

    @Test
    void isAbsentWhereTheFolderTakesNoSuchNameOrAllLowNumbersAreTaken() {
        assertThat(ProposedName.of("x.csv", OWN, "results-[0-9]+[.]csv", TODAY, id -> false))
                .isEmpty();
        assertThat(ProposedName.of("x.csv", OWN, null, TODAY, id -> true)).isEmpty();
    }
}
