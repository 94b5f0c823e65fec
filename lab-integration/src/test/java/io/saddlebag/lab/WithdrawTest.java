package io.saddlebag.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.lab.records.WithdrawRequests;
import io.saddlebag.message.MessageId;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A claimed file that is wanted back, before, while and after it goes to headquarters. */
class WithdrawTest extends LabFixture {
    private static final MessageId ID = MessageId.of("FL-LAB_DAT_20251008_001");
    private static final String FILE = ID + ".csv";
    private static final byte[] SMALL = "sample,value\n".getBytes();

    private void start() throws Exception {
        lab = home.start(hq.port());
    }

    private void drop(byte[] content) throws Exception {
        home.drop(FILE, content);
        await("a claim").until(() -> home.files("work").contains(ID.value()));
    }

    /** As a command does it, whether the laboratory runs or not. */
    private void ask() {
        try (LabJournal journal = LabJournal.open(home.home().journal().resolve("lab.db"))) {
            assertThat(new WithdrawRequests(journal).ask(ID, "Withdrawn by a test: wrong recipients"))
                    .isTrue();
        }
    }

    private void awaitWithdrawn() throws Exception {
        await("the file in failed/").until(() -> home.files("failed").contains(FILE));
        await("an end").until(() -> home.files("work").isEmpty());
        assertThat(reason(FILE))
                .contains("\"withdrawn\"", "Withdrawn by a test: wrong recipients. Nobody has received");
        assertThat(hq.confirmed()).isEmpty();
    }

    /** Large enough for some parts. */
    private static byte[] large() {
        byte[] content = new byte[6 << 20];
        new Random(7).nextBytes(content);
        return content;
    }

    @Test
    void takesBackAFileThatWaitsForHeadquartersAndFreesItsName() throws Exception {
        start();
        drop(SMALL);
        ask();
        awaitWithdrawn();

        hq.listen();
        home.drop(FILE, SMALL);
        await("the second drop").until(() -> home.sent().contains(FILE));
    }

    @Test
    void takesBackWhatHeadquartersPushesBack() throws Exception {
        hq.listen();
        hq.refuse(ID.value(), "storage-low", "no room");
        start();
        drop(SMALL);
        await("a refusal").until(() -> !hq.sends().isEmpty());
        ask();
        awaitWithdrawn();

        hq.takeAgain(ID.value());
        home.drop(FILE, large());
        await("the second drop").until(() -> home.sent().contains(FILE));
    }

    @Test
    void breaksOffAnUploadOfAnEarlierRun() throws Exception {
        hq.listen();
        hq.breakAlwaysAtPart(5);
        start();
        drop(large());
        await("some parts").until(() -> hq.sends().stream()
                .anyMatch(frame -> frame.header("part").startsWith("5/")));
        stop();
        ask();
        int before = hq.sends().size();
        hq.breakAtPart(0);
        start();
        awaitWithdrawn();
        assertThat(hq.sends().size() - before)
                .as("the question where to continue alone")
                .isEqualTo(1);
    }

    @Test
    void sendsToItsEndWhatHeadquartersMayHaveWhole() throws Exception {
        hq.listen();
        hq.silent(true);
        start();
        drop(SMALL);
        await("the only part").until(() -> !hq.sends().isEmpty());
        stop();
        ask();
        hq.silent(false);
        start();

        await("the confirm").until(() -> home.sent().contains(FILE));
        assertThat(home.files("failed")).isEmpty();
    }
}
