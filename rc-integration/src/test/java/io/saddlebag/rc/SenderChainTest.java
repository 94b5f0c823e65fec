package io.saddlebag.rc;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.message.Manifest;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SenderChainTest {
    private static final SiteId LAB = SiteId.of("FL-LAB");

    @TempDir
    private Path folder;

    private RcJournal journal;
    private SenderChain chain;

    @BeforeEach
    void open() throws Exception {
        journal = RcJournal.open(folder.resolve("rc.db"));
        chain = new SenderChain(journal);
    }

    @AfterEach
    void close() throws Exception {
        journal.close();
    }

    @Test
    void findsNoFaultInOrderOrOutOfIt() throws Exception {
        for (int number : new int[] {2, 1, 4, 3, 9}) {
            JournalledDelivery next = RcJournalTest.delivery(number);
            assertThat(faults(next)).isEmpty();
            journal.publish(next);
        }
    }

    @Test
    void namesAManifestThatDoesNotFollowTheOneBefore() throws Exception {
        journal.publish(RcJournalTest.delivery(1));
        JournalledDelivery second = RcJournalTest.delivery(2);

        assertThat(faults(second, Sha256.of(new byte[0])))
                .singleElement()
                .asString()
                .contains(
                        "FL-LAB_DAT_20251008_001",
                        second.prev().hex(),
                        Sha256.of(new byte[0]).hex());
    }

    @Test
    void namesAManifestThatIsNotTheOneBeforeTheNext() throws Exception {
        journal.publish(RcJournalTest.delivery(2));
        JournalledDelivery first = RcJournalTest.delivery(1);

        assertThat(chain.faults(
                        LAB,
                        first.messageId(),
                        Sha256.of(new byte[0]),
                        new Manifest.Recipient(SiteId.of("CA-RC"), "k", 1, null)))
                .singleElement()
                .asString()
                .contains("FL-LAB_DAT_20251008_002", first.manifestSha256().hex());
    }

    @Test
    void namesAnotherMessageUnderTheSameCount() throws Exception {
        journal.publish(RcJournalTest.delivery(1));

        assertThat(chain.faults(
                        LAB,
                        MessageId.of("FL-LAB_DAT_20251008_777"),
                        Sha256.of(new byte[0]),
                        new Manifest.Recipient(SiteId.of("CA-RC"), "k", 1, null)))
                .singleElement()
                .asString()
                .contains("seq 1", "FL-LAB_DAT_20251008_001");
    }

    private List<String> faults(JournalledDelivery next) throws Exception {
        return faults(next, next.prev());
    }

    private List<String> faults(JournalledDelivery next, Sha256 prev) throws Exception {
        return chain.faults(
                LAB,
                next.messageId(),
                next.manifestSha256(),
                new Manifest.Recipient(SiteId.of("CA-RC"), "k", next.seq(), prev));
    }
}
