package io.saddlebag.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.message.Json;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Contents that the check of a drop folder judges in a whole laboratory. */
class ContentCheckTest extends LabFixture {
    private static final String GOOD = "FL-LAB_DAT_20251008_001.csv";
    private static final String BAD = "FL-LAB_DAT_20251008_002.csv";
    private static final String SECRET = "Mustermann";

    @Test
    void sendsAGoodContentAndKeepsABadOneWithItsFaultsAndTakesTheCorrection() throws Exception {
        Files.createDirectories(home.home().resolve("checks"));
        Files.writeString(home.home().resolve("checks/results.yaml"), """
            - kind: csv
              columns: [{name: sample, type: integer}, {name: taken, type: date}]
            """);
        home.route("CA-RC,SF-RC", ".*", "      - {name: check, value: checks/results.yaml}\n");
        hq.listen();
        lab = home.start(hq.port());
        byte[] good = "sample,taken\n1,2025-10-08\n".getBytes();
        home.drop(GOOD, good);
        home.drop(BAD, ("sample,taken\n1,2025-10-08\n" + SECRET + ",08.10.2025\n").getBytes());

        await().atMost(Duration.ofSeconds(30)).until(() -> home.sent().contains(GOOD) && home.hasFailed(BAD));

        assertThat(hq.confirmed()).hasSize(1);
        Map<?, ?> reason = Json.read(reason(BAD).getBytes(), Map.class);
        assertThat(reason.get("code")).isEqualTo("bad-content");
        assertThat(reason.get("faults"))
                .isEqualTo(List.of(
                        Map.of("row", 3, "column", 1, "expected", "a whole number (sample)"),
                        Map.of("row", 3, "column", 2, "expected", "a date such as 2025-10-08 (taken)")));
        assertThat(reason.toString()).doesNotContain(SECRET);

        home.drop(BAD, good);
        await().atMost(Duration.ofSeconds(30)).until(() -> home.sent().contains(BAD));
        assertThat(hq.confirmed()).hasSize(2);
    }
}
