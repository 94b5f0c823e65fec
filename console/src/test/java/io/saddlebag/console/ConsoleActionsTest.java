package io.saddlebag.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An action on a page is a command's work, with its reason in the operator journal. */
@ExtendWith(SampleConsole.Shared.class)
class ConsoleActionsTest {
    private final SampleConsole console;

    ConsoleActionsTest(SampleConsole console) {
        this.console = console;
    }

    /** Two of the queue's dead letters that nobody has acted on. */
    private List<String> deadLetters() throws Exception {
        return ids("dead_lettered_time IS NOT NULL AND discarded_time IS NULL");
    }

    private List<String> ids(String condition) throws Exception {
        List<String> ids = new ArrayList<>();
        try (Connection connection = console.network().database().connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT message_id FROM delivery_held JOIN message USING"
                        + " (message_number) WHERE " + condition + " ORDER BY message_number LIMIT 2")) {
            while (row.next()) {
                ids.add(row.getString(1));
            }
        }
        return ids;
    }

    private long count(String condition, String messageId) throws Exception {
        try (Connection connection = console.network().database().connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM delivery_held JOIN message USING"
                        + " (message_number) WHERE " + condition + " AND message_id = '" + messageId + "'")) {
            row.next();
            return row.getLong(1);
        }
    }

    /** The payloads of the journal's envelopes. */
    private String journal() throws IOException {
        StringBuilder text = new StringBuilder();
        for (String line : Files.readAllLines(console.network().home("dc-hq").resolve("operators/journal.jsonl"))) {
            Matcher payload = Pattern.compile("\"payload\":\"([^\"]+)\"").matcher(line);
            assertThat(payload.find()).isTrue();
            text.append(new String(Base64.getDecoder().decode(payload.group(1))))
                    .append('\n');
        }
        return text.toString();
    }

    @Test
    void requeuesTheTickedDeadLettersWithAReason() throws Exception {
        List<String> ids = deadLetters();

        String page = console.post(
                "/dead/act",
                "hq",
                "DC-HQ",
                "do",
                "requeue",
                "reason",
                "the disk is larger now",
                "letter",
                "ny_rc_queue/" + ids.get(0),
                "letter",
                "ny_rc_queue/" + ids.get(1));

        assertThat(page).contains("exit code 0", "2 dead letters requeued", "saddlebag dead requeue");
        assertThat(count("dead_lettered_time IS NULL", ids.get(0))).isEqualTo(1);
        assertThat(journal()).contains("the disk is larger now", ids.get(0), ids.get(1));
    }

    @Test
    void leavesTheLettersOfOtherQueuesThatAreNotTicked() throws Exception {
        String id = deadLetters().get(0);

        String page = console.post(
                "/dead/act",
                "hq",
                "DC-HQ",
                "do",
                "discard",
                "reason",
                "r",
                "letter",
                "ca_rc_queue/" + id,
                "confirm",
                "yes");

        assertThat(page).contains("exit code 1", "--queue=ca_rc_queue", "found none of " + id);
        assertThat(count("discarded_time IS NULL", id)).isEqualTo(1);
        assertThat(console.get("/dead")).contains("value=\"ny_rc_queue/");
        assertThat(console.post("/dead/act", "hq", "DC-HQ", "do", "requeue", "reason", "r", "letter", id))
                .contains("each with its queue");
    }

    @Test
    void actsOnLettersOfSeveralQueuesQueueByQueue() throws Exception {
        String page = console.post(
                "/dead/act",
                "hq",
                "DC-HQ",
                "do",
                "requeue",
                "reason",
                "r",
                "letter",
                "ca_rc_queue/FL-LAB_DAT_20200101_001",
                "letter",
                "ny_rc_queue/FL-LAB_DAT_20200101_002");

        assertThat(page)
                .contains("--queue=ca_rc_queue FL-LAB_DAT_20200101_001", "--queue=ny_rc_queue FL-LAB_DAT_20200101_002")
                .contains(
                        "none of FL-LAB_DAT_20200101_001 on ca_rc_queue",
                        "none of FL-LAB_DAT_20200101_002 on ny_rc_queue");
    }

    @Test
    void asksOnceMoreBeforeItDiscards() throws Exception {
        String id = deadLetters().get(0);

        String asked = console.post(
                "/dead/act", "hq", "DC-HQ", "do", "discard", "reason", "sent anew", "letter", "ny_rc_queue/" + id);
        assertThat(asked).contains("Are you sure?", "1 dead letter will be given up", id);
        assertThat(count("discarded_time IS NULL", id)).isEqualTo(1);

        String done = console.post(
                "/dead/act",
                "hq",
                "DC-HQ",
                "do",
                "discard",
                "reason",
                "sent anew",
                "letter",
                "ny_rc_queue/" + id,
                "confirm",
                "yes");
        assertThat(done).contains("exit code 0");
        assertThat(count("discarded_time IS NOT NULL", id)).isEqualTo(1);
        assertThat(journal()).contains("sent anew");
    }

    @Test
    void discardsAMessageThatWaits() throws Exception {
        String id = ids("dead_lettered_time IS NULL AND discard_reason IS NULL").get(0);

        String page = console.post(
                "/queues/discard",
                "hq",
                "DC-HQ",
                "queue",
                "ny_rc_queue",
                "reason",
                "wrong recipients",
                "id",
                id,
                "confirm",
                "yes");

        assertThat(page).contains("exit code 0");
        assertThat(count("discard_reason = 'wrong recipients'", id)).isEqualTo(1);
    }

    @Test
    void doesNothingWithoutAReasonOrForAnotherHome() throws Exception {
        String id = deadLetters().get(0);

        assertThat(console.post(
                        "/dead/act", "hq", "DC-HQ", "do", "requeue", "reason", " ", "letter", "ny_rc_queue/" + id))
                .contains("Write the reason");
        assertThat(console.post(
                        "/dead/act", "hq", "../x", "do", "requeue", "reason", "r", "letter", "ny_rc_queue/" + id))
                .contains("no home");
        assertThat(console.post(
                        "/dead/act", "hq", "DC-HQ", "do", "requeue", "reason", "r", "letter", "ny_rc_queue/--all"))
                .contains("message ids");
        assertThat(console.post("/dead/act", "hq", "DC-HQ", "do", "list", "reason", "r", "letter", "ny_rc_queue/" + id))
                .contains("Expected requeue or discard");
        assertThat(console.post("/dead/act", "hq", "DC-HQ", "do", "requeue", "reason", "r"))
                .contains("Tick");
        assertThat(count("dead_lettered_time IS NOT NULL", id)).isEqualTo(1);
    }

    @Test
    void putsAFailedFileBackIntoItsDropFolder() throws Exception {
        assertThat(console.post("/routes/retry", "home", "FL-LAB", "reason", "r", "file", "../identity/tls.key"))
                .contains("Expected names of files in failed/");

        String page =
                console.post("/routes/retry", "home", "FL-LAB", "reason", "the bag is whole now", "file", "run10.bam");

        assertThat(page).contains("exit code 0", "put back as");
        assertThat(console.network().home("fl-lab").resolve("drop/raw-data/run10.bam"))
                .exists();
        assertThat(console.get("/audit")).contains("the bag is whole now");
    }

    @Test
    void saysWhereANameWouldGo() throws Exception {
        assertThat(console.post("/routes/try", "home", "DC-HQ", "name", "FL-LAB_DAT_20261130_001.bam"))
                .contains("saddlebag check", "labs");
    }

    @Test
    void runsAnAuditAndAnExaminationOfTheChosenHome() throws Exception {
        assertThat(console.post("/audit/run", "home", "PA-LAB")).contains("saddlebag audit", "/pa-lab");
        assertThat(console.get("/audit")).contains("The last one of this console", "/outcome?id=");
        assertThat(console.post("/health/doctor", "home", "PA-LAB")).contains("saddlebag doctor", "/pa-lab");
    }

    @Test
    void makesASupportBundleWithoutSecrets() throws Exception {
        Path home = console.network().home("pa-lab");
        Files.writeString(
                home.resolve("application.properties"),
                "my.sftp.password=hunter2\nmy.hook = https://hooks.example/T0PSECRET\nmy.long.token=a\\\n  x=T0PSECRET\npass\\u0070hrase=T0PSECRET\nalerts.command=/bin/tell T0PSECRET\nmy.colour=blue\n",
                StandardOpenOption.APPEND);
        Map<String, String> files = new HashMap<>();
        try (ZipInputStream zip = new ZipInputStream(console.download("/health/bundle?home=PA-LAB"))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                files.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
            }
        }

        assertThat(files).containsKeys("about.txt", "settings.txt", "files.txt").doesNotContainKey("identity/tls.key");
        assertThat(files.get("settings.txt"))
                .contains("site.id=PA-LAB", "my.colour=blue", "my.sftp.password=(not shown)", "my.hook=(not shown)");
        assertThat(files.get("files.txt")).contains("identity/tls.key");
        assertThat(String.join("\n", files.values())).doesNotContain("hunter2", "T0PSECRET", "PRIVATE KEY");
    }

    @Test
    void saysThatACommandFailed() throws Exception {
        String page = console.post(
                "/dead/act",
                "hq",
                "DC-HQ",
                "do",
                "requeue",
                "reason",
                "r",
                "letter",
                "ny_rc_queue/FL-LAB_DAT_20200101_001");

        assertThat(page).contains("exit code 1", "expected a dead letter of each message id");
    }
}
