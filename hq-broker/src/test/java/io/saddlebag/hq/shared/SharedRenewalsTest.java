package io.saddlebag.hq.shared;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.hq.renewals.RenewalFolder;
import io.saddlebag.hq.renewals.RenewalFolder.State;
import io.saddlebag.hq.store.shared.RenewalStore;
import io.saddlebag.hq.store.shared.SharedMarks;
import io.saddlebag.hq.testing.TestDatabase;
import io.saddlebag.message.SiteId;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests for certificates that come to one node and are answered in the home of another. */
class SharedRenewalsTest {
    private static final SiteId LAB = SiteId.of("FL-LAB");
    private static final byte[] REQUEST = {1};
    private static final byte[] ANSWER = {2};

    @TempDir
    Path folder;

    private final TestDatabase database = TestDatabase.create();
    private final RenewalStore store = new RenewalStore(database.dataSource());
    private Node first;
    private Node second;

    @BeforeEach
    void open() throws Exception {
        first = new Node("n1");
        second = new Node("n2");
    }

    @AfterEach
    void close() {
        database.close();
    }

    /** A node with its home. */
    private final class Node {
        private final Path home;
        private final RenewalFolder renewals;
        private final SharedRenewals shared;

        Node(String name) throws Exception {
            home = Files.createDirectory(folder.resolve(name));
            renewals = new RenewalFolder(home);
            shared = new SharedRenewals(renewals, store);
        }

        void look() throws Exception {
            shared.takeUp(SharedMarks.read(database.dataSource()).renewals());
        }

        void requested(byte[] request) throws Exception {
            renewals.put(LAB, request);
            store.request(LAB, request);
        }

        State state() throws Exception {
            return renewals.find(LAB).state();
        }
    }

    @Test
    void anAnswerInTheOtherHomeReachesTheNodeThatWasAsked() throws Exception {
        first.requested(REQUEST);
        first.look();
        second.look();
        assertThat(second.home.resolve("renewals/FL-LAB/request.json")).hasBinaryContent(REQUEST);

        Files.write(second.home.resolve("renewals/FL-LAB/answer.pem"), ANSWER);
        second.look();
        first.look();
        assertThat(first.renewals.find(LAB).body()).isEqualTo(ANSWER);
        assertThat(first.state()).isEqualTo(State.ANSWERED);

        first.requested(REQUEST);
        second.look();
        assertThat(second.state()).as("the same request once more").isEqualTo(State.ANSWERED);
    }

    @Test
    void anotherRequestTakesThePlaceOfTheOneBeforeAndItsAnswer() throws Exception {
        first.requested(REQUEST);
        second.look();
        Files.writeString(second.home.resolve("renewals/FL-LAB/refused.txt"), "not yet");
        second.look();
        first.look();
        assertThat(RenewalFolder.reason(first.renewals.find(LAB))).isEqualTo("not yet");

        second.requested(new byte[] {3});
        second.look();
        first.look();
        assertThat(first.state()).isEqualTo(State.WAITING);
        assertThat(second.state()).isEqualTo(State.WAITING);
        assertThat(new Node("n3")).satisfies(late -> {
            late.look();
            assertThat(late.state()).isEqualTo(State.WAITING);
        });
    }
}
