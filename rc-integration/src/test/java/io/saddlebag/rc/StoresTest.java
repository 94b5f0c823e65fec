package io.saddlebag.rc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.saddlebag.files.FileTree;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.stomp.StompCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A centre whose journal, work folder or outbox is another one's or not there, at its start and while it runs. */
class StoresTest {
    @TempDir
    private Path folder;

    private Centre centre;

    @BeforeEach
    void makeCentre() throws Exception {
        centre = new Centre(folder);
    }

    @AfterEach
    void close() {
        centre.close();
    }

    private Letters.Letter letter(int number) throws Exception {
        String id = String.format("FL-LAB_DAT_20251008_%03d", number);
        return centre.letters.letter(id, id + ".bin", new byte[] {1, 2, 3});
    }

    private Path place(String store) {
        return store.equals("journal") ? centre.home.journal().resolve("rc.db") : centre.home.resolve(store);
    }

    /** As an unmounted disk leaves it: the folder that it was mounted on. */
    private void unmount(String store) throws Exception {
        Files.move(place(store), folder.resolve("unmounted"));
        if (!store.equals("journal")) {
            Files.createDirectory(place(store));
        }
    }

    private void mount(String store) throws Exception {
        FileTree.delete(place(store));
        Files.move(folder.resolve("unmounted"), place(store));
    }

    @ParameterizedTest
    @ValueSource(strings = {"journal", "work", "outbox"})
    void aStoreThatIsNotMountedStopsTheStart(String store) throws Exception {
        centre.start();
        centre.deliver(letter(1));
        centre.stop();
        unmount(store);

        assertThatThrownBy(centre::start)
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining("store " + store + ": expected at " + place(store))
                .hasMessageContaining("--adopt " + store);
        mount(store);
        centre.start();
        assertThat(centre.deliver(letter(2)).command()).isEqualTo(StompCommand.ACK);
    }

    @Test
    void anOutboxThatIsAdoptedIsMadeAnew() throws Exception {
        centre.start().stop();
        FileTree.delete(place("outbox"));
        centre.adopts("outbox");
        centre.start();
        assertThat(centre.deliver(letter(1)).command()).isEqualTo(StompCommand.ACK);
        assertThat(centre.outbox("FL-LAB_DAT_20251008_001.bin")).exists();
    }

    @ParameterizedTest
    @ValueSource(strings = {"outbox", "work"})
    void aStoreThatGoesWhileTheCentreRunsSuspendsTheQueueUntilItIsBack(String store) throws Exception {
        centre.start();
        centre.deliver(letter(1));
        int subscriptions = centre.frames(StompCommand.SUBSCRIBE).size();
        unmount(store);

        centre.letters.frames(letter(2)).forEach(centre.connection()::send);
        await().until(() -> !centre.frames(StompCommand.UNSUBSCRIBE).isEmpty());
        assertThat(centre.frames(StompCommand.ACK)).hasSize(1);
        assertThat(centre.frames(StompCommand.NACK)).isEmpty();
        assertThat(List.of(place(store).toFile().list()))
                .as("below the mount point")
                .isEmpty();

        mount(store);
        await().until(() -> centre.frames(StompCommand.SUBSCRIBE).size() > subscriptions);
        assertThat(centre.deliver(letter(2)).command()).isEqualTo(StompCommand.ACK);
        assertThat(centre.outbox("FL-LAB_DAT_20251008_002.bin")).exists();
    }

    @Test
    void anOutboxThatIsGoneIsNotMadeWhileTheCentreRuns() throws Exception {
        centre.start();
        centre.deliver(letter(1));
        Files.move(place("outbox"), folder.resolve("unmounted"));

        centre.letters.frames(letter(2)).forEach(centre.connection()::send);
        await().until(() -> !centre.frames(StompCommand.UNSUBSCRIBE).isEmpty());
        assertThat(place("outbox")).doesNotExist();
    }
}
