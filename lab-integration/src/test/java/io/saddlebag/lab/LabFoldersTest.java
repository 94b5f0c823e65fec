package io.saddlebag.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabFoldersTest {
    private static final MessageId ID = MessageId.of("FL-LAB_DAT_20251008_001");

    @TempDir
    Path home;

    private LabFolders folders;

    @BeforeEach
    void create() throws IOException {
        folders = new LabFolders(
                new SiteHome(home), Clock.fixed(Instant.parse("2025-10-08T23:59:59Z"), ZoneOffset.ofHours(9)));
        folders.create();
    }

    @Test
    void keepsSentFilesByTheirDayInUtc() throws IOException {
        folders.keepSent(dropped("it"), "a.csv");

        assertThat(home.resolve("sent/2025-10-08/a.csv")).hasContent("it");
    }

    @Test
    void overwritesNothing() throws IOException {
        folders.keepSent(dropped("one"), "a.csv");
        folders.keepSent(dropped("two"), "a.csv");

        assertThat(home.resolve("sent/2025-10-08/a.csv")).hasContent("one");
        assertThat(home.resolve("sent/2025-10-08/a.csv.2")).hasContent("two");
    }

    @Test
    void putsTheReasonBesideEachFailedFile() throws IOException {
        Refusal refusal = new Refusal(Refusal.Code.CONFLICT, "other bytes");
        folders.keepFailed(dropped("one"), "a.csv", ID, refusal);
        folders.keepFailed(dropped("two"), "a.csv", ID, refusal);

        assertThat(home.resolve("failed/a.csv.2")).hasContent("two");
        assertThat(home.resolve("failed/a.csv.reason.json")).content().contains("conflict", "other bytes", ID.value());
        assertThat(home.resolve("failed/a.csv.2.reason.json")).exists();
    }

    @Test
    void clearsTheWorkFolderOfAMessage() throws IOException {
        folders.takeIn(dropped("it"), ID);
        Files.writeString(folders.sealed(ID), "sealed");
        folders.clear(ID);
        folders.clear(ID);

        assertThat(home.resolve("work")).isEmptyDirectory();
    }

    private Path dropped(String content) throws IOException {
        return Files.writeString(home.resolve("dropped"), content);
    }
}
