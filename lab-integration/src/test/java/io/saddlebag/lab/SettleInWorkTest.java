package io.saddlebag.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.journal.JournalException;
import io.saddlebag.lab.message.LabExchange;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.message.StillWrittenException;
import io.saddlebag.lab.outgoing.MoveToFailed;
import io.saddlebag.lab.outgoing.ReturnToDrop;
import io.saddlebag.lab.records.LabFolders;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is cleared in the work folder, when the next claim of the same id may stand there at once. */
class SettleInWorkTest {
    private static final MessageId ID = MessageId.of("FL-LAB_DAT_20251008_001");

    @TempDir
    private Path home;

    private LabFolders folders;
    private LabJournal journal;
    private OutgoingMessage message;

    @BeforeEach
    void aClaimThatWasSealedOnce() throws IOException {
        folders = new LabFolders(new SiteHome(home), Clock.systemUTC());
        folders.create();
        journal = LabJournal.open(home.resolve("lab.db"));
        message = TestLab.claimed(
                journal,
                ID,
                TestLab.claim("a.csv", SiteId.of("CA-RC")),
                id -> Files.writeString(folders.content(id), "it"));
        Files.writeString(folders.sealed(ID), "sealed");
    }

    @AfterEach
    void close() {
        journal.close();
    }

    @Test
    void freesTheIdOfAFileThatGoesBackLast() throws Exception {
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + home.resolve("lab.db"));
                Statement statement = other.createStatement()) {
            statement.execute("CREATE TRIGGER full BEFORE DELETE ON message BEGIN SELECT RAISE(ABORT, 'full'); END");
            Exchange exchange = failed(new StillWrittenException(
                    message.claim().look(), message.claim().look()));

            assertThatThrownBy(() -> new ReturnToDrop(journal, folders).process(exchange))
                    .isInstanceOf(JournalException.class);
            assertThat(home.resolve("drop/raw-data/a.csv")).hasContent("it");
            assertThat(home.resolve("work")).isEmptyDirectory();
        }
    }

    @Test
    void clearsTheSealedMessageOfAFailedFileAndNoFile() throws Exception {
        Clock clock = new AskedClock(() -> Files.writeString(folders.content(ID), "of the next claim"));

        new MoveToFailed(journal, folders, clock).process(failed(new Refusal(Refusal.Code.BAD_FILE, "no")));

        assertThat(home.resolve("failed/a.csv")).hasContent("it");
        assertThat(folders.content(ID)).hasContent("of the next claim");
        assertThat(folders.sealed(ID)).doesNotExist();
    }

    private Exchange failed(Exception cause) {
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        LabExchange.outgoing(exchange, message);
        exchange.setProperty(Exchange.EXCEPTION_CAUGHT, cause);
        return exchange;
    }
}
