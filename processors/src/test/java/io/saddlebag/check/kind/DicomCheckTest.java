package io.saddlebag.check.kind;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.check.Checked;
import io.saddlebag.check.DicomFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DicomCheckTest {
    private static final String CHECK = "- {kind: dicom, patient-id: 'P[0-9]+'}";
    private static final byte[] GOOD = DicomFiles.file(DicomFiles.EXPLICIT, "P1", "1.2", "YES");

    @TempDir
    private Path work;

    private List<String> faults(byte[] content) throws IOException {
        return Checked.faults(CHECK, "x.dcm", content, work);
    }

    @ParameterizedTest
    @ValueSource(strings = {DicomFiles.EXPLICIT, DicomFiles.IMPLICIT, DicomFiles.BIG_ENDIAN, "1.2.840.10008.1.2.4.90"})
    void readsTheEncodings(String syntax) throws IOException {
        assertThat(faults(DicomFiles.file(syntax, "P1", "1.2", "YES"))).isEmpty();
        assertThat(faults(DicomFiles.file(syntax, "Mustermann", "1.2", "NO")))
                .containsExactly(
                        "expected PatientIdentityRemoved (0012,0062) to be YES",
                        "expected a PatientID (0010,0020) that matches P[0-9]+");
    }

    @Test
    void refusesElementsThatAreLacking() throws IOException {
        assertThat(faults(DicomFiles.file(DicomFiles.EXPLICIT, null, null, null)))
                .containsExactly(
                        "expected PatientIdentityRemoved (0012,0062) to be YES",
                        "expected a PatientID (0010,0020) that matches P[0-9]+",
                        "expected a PatientID (0010,0020)",
                        "expected a StudyInstanceUID (0020,000D)");
    }

    @Test
    void refusesWhatItCannotRead() throws IOException {
        byte[] endless = GOOD.clone();
        // The length of Modality (0008,0060), which follows the file meta elements.
        endless[132 + 8 + 20 + 6] = (byte) 0xF0;
        byte[] noPreamble = Arrays.copyOfRange(GOOD, 128, GOOD.length);

        assertThat(faults(new byte[0])).hasSize(1);
        assertThat(faults("text".getBytes())).hasSize(1);
        assertThat(faults(noPreamble)).containsExactly("expected a DICOM file, with DICM behind its first 128 bytes");
        assertThat(faults(Arrays.copyOf(GOOD, 180)))
                .containsExactly("expected a DICOM header to its end; it is cut short");
        assertThat(faults(endless)).isNotEmpty();
        assertThat(faults(DicomFiles.file("1.2.840.10008.1.2.1.99", "P1", "1.2", "YES")))
                .containsExactly("expected a transfer syntax that is not deflated");
    }

    @Test
    void wantsOnePatientAndOneStudyInAFolder() throws IOException {
        Path folder = Files.createDirectory(work.resolve("in"));
        Files.write(folder.resolve("1.dcm"), GOOD);
        Files.write(folder.resolve("2.dcm"), GOOD);
        assertThat(Checked.faultsOfFolder(CHECK, folder, work)).isEmpty();

        Files.write(folder.resolve("3.dcm"), DicomFiles.file(DicomFiles.EXPLICIT, "P2", "1.3", "YES"));
        assertThat(Checked.faultsOfFolder(CHECK, folder, work))
                .containsExactly(
                        "3.dcm: expected the same PatientID (0010,0020) in all files",
                        "3.dcm: expected the same StudyInstanceUID (0020,000D) in all files");
        assertThat(Checked.faultsOfFolder("- {kind: dicom, one-patient: false, one-study: false}", folder, work))
                .isEmpty();
        assertThat(Checked.faultsOfFolder("- {kind: dicom, files: '*.x'}", folder, work))
                .containsExactly("expected at least one DICOM file, found none");
    }
}
