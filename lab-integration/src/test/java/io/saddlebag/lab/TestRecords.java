package io.saddlebag.lab;

import io.saddlebag.files.Presence;
import io.saddlebag.lab.message.FileLook;
import io.saddlebag.lab.message.OutgoingContext;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.message.OutgoingMessage.Claim;
import io.saddlebag.lab.records.LabFolders;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;

/** The journal and the folders of a laboratory that does not run, and exchanges for its steps. */
public final class TestRecords implements AutoCloseable {
    public static final MessageId ID = MessageId.of("FL-LAB_DAT_20251008_001");
    public static final SiteId CENTRE = SiteId.of("CA-RC");

    private static final CamelContext CONTEXT = new DefaultCamelContext();

    private final SiteHome home;
    private final LabFolders folders;
    private final LabJournal journal;

    public TestRecords(Path home) throws IOException {
        this.home = new SiteHome(home);
        folders = new LabFolders(this.home, Clock.systemUTC(), Presence.ALWAYS);
        folders.create();
        journal = LabJournal.open(home.resolve("journal/lab.db"));
    }

    public SiteHome home() {
        return home;
    }

    public LabFolders folders() {
        return folders;
    }

    public LabJournal journal() {
        return journal;
    }

    /** A claimed message whose file lies in the work folder. */
    public OutgoingMessage claimed(String fileName, String content) throws IOException {
        return claimed(ID, fileName, "text/csv", content);
    }

    public OutgoingMessage claimed(MessageId id, String fileName, String contentType, String content)
            throws IOException {
        Path file = Files.writeString(folders.content(id), content);
        return recorded(id, fileName, contentType, FileLook.of(file));
    }

    /** A claimed message whose file or folder lies in the work folder already. */
    public OutgoingMessage recorded(MessageId id, String fileName, String contentType, FileLook look)
            throws IOException {
        Claim claim = new Claim(
                "route", "drop/raw-data", fileName, contentType, List.of(CENTRE), Instant.now(), look, TestLab.SECRET);
        return TestLab.claimed(journal, id, claim, moved -> {});
    }

    public Exchange exchange() {
        return new DefaultExchange(CONTEXT);
    }

    public Exchange exchange(OutgoingMessage message) {
        Exchange exchange = exchange();
        OutgoingContext.message(exchange, message);
        return exchange;
    }

    /** An exchange whose message could not go on. */
    public Exchange failed(OutgoingMessage message, Exception cause) {
        Exchange exchange = exchange(message);
        exchange.setProperty(Exchange.EXCEPTION_CAUGHT, cause);
        return exchange;
    }

    @Override
    public void close() {
        journal.close();
    }
}
