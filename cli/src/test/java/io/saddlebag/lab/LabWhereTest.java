package io.saddlebag.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.cli.Saddlebag;
import io.saddlebag.site.RunningSite;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code where} at a laboratory whose files wait, fail, or are not taken. */
class LabWhereTest extends LabFixture {
    private static final String ID = "FL-LAB_DAT_20251008_001";

    private int exitCode;

    private String where(String what) {
        StringWriter said = new StringWriter();
        PrintWriter writer = new PrintWriter(said, true);
        exitCode = Saddlebag.execute(
                writer, writer, "where", what, "--home", home.home().folder().toString());
        return said.toString();
    }

    @Test
    void saysWhyAFileWaitsWhileHeadquartersIsAway() throws Exception {
        lab = home.start(hq.port());
        home.drop(ID + ".csv", "it".getBytes());
        await("a claim").until(() -> home.files("work").contains(ID));

        try (RunningSite runs = RunningSite.claim(home.home(), Clock.systemUTC())) {
            assertThat(where(ID + ".csv"))
                    .contains(
                            "CA-RC: under way; waits for the key of CA-RC and SF-RC; no connection to DC-HQ",
                            "SF-RC: under way; waits for the key of CA-RC and SF-RC; no connection to DC-HQ",
                            "claimed",
                            "FL-LAB, drop/raw-data");
        }
        assertThat(exitCode).isEqualTo(1);
        assertThat(where(ID.substring(0, 12) + "*")).contains("; FL-LAB does not run");
    }

    @Test
    void saysWhyAFileWasNotSent() throws Exception {
        hq.listen();
        lab = home.start(hq.port());
        hq.refuse(ID, "bad-signature", "as the test says");
        home.drop(ID + ".csv", "no".getBytes());
        home.drop("bad\u0007name.csv", "no".getBytes());
        await("refused files").until(() -> home.files("failed").size() == 4);

        assertThat(where(ID + ".csv"))
                .contains("CA-RC: failed; it was not sent: bad-signature: ", "as the test says", "failed/")
                .doesNotContain("it was not taken");
        assertThat(exitCode).isEqualTo(1);
        assertThat(where("drop/" + ID + ".csv//")).contains("CA-RC: failed");
        assertThat(where("bad\u0007name.csv"))
                .contains("bad\\u0007name.csv", "failed; it was not taken: bad-name: ", "FL-LAB, failed/")
                .doesNotContain("\u0007");
        assertThat(exitCode).isEqualTo(1);
        Files.writeString(home.home().resolve("failed/" + ID + ".csv.reason.json"), "{\"code\":\"conflict\"}");
        assertThat(where(ID + ".csv"))
                .contains("CA-RC: failed; it was not sent: bad-signature: ", "failed; it was not taken: conflict: ");
        for (String none : List.of("..", ".", "/", "failed/..")) {
            assertThat(where(none)).as(none).contains("nothing of it is known here");
            assertThat(exitCode).isEqualTo(4);
        }
        assertThat(where("nothing.csv")).contains("nothing.csv: nothing of it is known here");
        assertThat(exitCode).isEqualTo(4);
    }

    @Test
    void tellsOfAFileThatIsNotTaken() throws Exception {
        lab = home.start(hq.port(), Map.of("folder.settle-time", "1h"));
        home.drop(ID + ".csv", "it".getBytes());

        assertThat(where(ID + ".csv")).contains("under way; lies in drop/raw-data and is not taken yet");
        assertThat(exitCode).isEqualTo(1);
    }
}
