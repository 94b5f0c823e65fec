package io.saddlebag.lab.outgoing;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.journal.AfterCommit;
import io.saddlebag.lab.AskedClock;
import io.saddlebag.lab.TestLab;
import io.saddlebag.lab.TestRecords;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.records.LabFolders;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MoveToSentTest {
    private static final MessageId ID = MessageId.of("FL-LAB_DAT_20251008_001");

    @TempDir
    private Path home;

    private TestRecords records;
    private LabFolders folders;
    private LabJournal journal;

    @BeforeEach
    void open() throws IOException {
        records = new TestRecords(home);
        folders = records.folders();
        journal = records.journal();
    }

    @AfterEach
    void close() {
        records.close();
    }

    @Test
    void deletesNothingThatItDidNotKeep() throws Exception {
        OutgoingMessage message = TestLab.claimed(journal, ID, TestLab.claim("a.csv", SiteId.of("CA-RC")), id -> {});
        Files.writeString(folders.sealed(ID), "sealed");

        Exchange exchange = moveToSent(
                message, () -> Files.createDirectories(folders.content(ID).resolve("deep")));

        assertThat(exchange.getException()).isNull();
        assertThat(journal.find(ID).orElseThrow().state()).isEqualTo(OutgoingMessage.State.SENT);
        assertThat(folders.content(ID).resolve("deep")).isDirectory();
        assertThat(folders.sealed(ID)).doesNotExist();
    }

    /** @param meanwhile runs once it was looked what there is to keep */
    private Exchange moveToSent(OutgoingMessage message, AskedClock.Meanwhile meanwhile) {
        Exchange exchange = records.exchange(message);
        CompletableFuture<Void> done = new CompletableFuture<>();
        new MoveToSent(journal, new AfterCommit(Runnable::run), folders, new AskedClock(meanwhile))
                .process(exchange, doneSync -> done.complete(null));
        done.join();
        return exchange;
    }
}
