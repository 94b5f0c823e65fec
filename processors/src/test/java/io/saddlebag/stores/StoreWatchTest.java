package io.saddlebag.stores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.saddlebag.files.StoreAwayException;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class StoreWatchTest {
    @TempDir
    private Path folder;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private FolderStore outbox;
    private Path place;
    private Path aside;
    private StoreWatch watch;

    @BeforeEach
    void start() throws Exception {
        SiteHome home = new SiteHome(folder.resolve("home"));
        place = home.resolve("outbox");
        aside = folder.resolve("aside");
        outbox = FolderStore.shared("outbox", place);
        HomeStores stores = HomeStores.open(home, Set.of());
        stores.admit(List.of(outbox));
        watch = stores.watch(outbox);
        log.start();
        logger().addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger().detachAppender(log);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(StoreWatch.class);
    }

    private void requireAway() {
        assertThatThrownBy(watch::require)
                .isInstanceOf(StoreAwayException.class)
                .hasMessageContaining(place.toString())
                .hasMessageContaining("Mount the disk that belongs there");
    }

    @Test
    void aFolderThatIsGoneIsSaidOnceAndOnceWhenItIsBack() throws Exception {
        watch.require();
        Files.move(place, aside);
        requireAway();
        requireAway();
        Files.move(aside, place);
        watch.require();
        watch.require();

        assertThat(log.list).extracting(ILoggingEvent::getLevel).containsExactly(Level.ERROR, Level.INFO);
    }

    /** As a mount point is, once its disk is gone. */
    @Test
    void anotherFolderInItsPlaceIsNotTheStore() throws Exception {
        Files.move(place, aside);
        Files.createDirectory(place);
        requireAway();
        Files.createDirectory(place.resolve("FL-LAB"));
        requireAway();

        Files.delete(place.resolve("FL-LAB"));
        Files.delete(place);
        Files.move(aside, place);
        watch.require();
    }

    /** As a file system is that gets another device number when it is mounted again. */
    @Test
    void aFolderThatBearsTheMarkIsTheStoreWhateverItsNumber() throws Exception {
        Files.move(place, aside);
        requireAway();
        Files.createDirectory(place);
        Files.copy(aside.resolve(FolderStore.MARKER), place.resolve(FolderStore.MARKER));
        watch.require();
    }

    @Test
    void theStoreOfAnotherHomeIsNotTheStore() throws Exception {
        Files.move(place, aside);
        Files.createDirectory(place);
        outbox.mark(new Store.Mark("0123456789abcdef0123456789abcdef", "outbox"));
        requireAway();
    }

    @Test
    void aFolderThatCouldNotBeMadeAtTheStartIsMadeLater() throws IOException {
        Path parent = Files.createFile(folder.resolve("no-folder-yet"));
        FolderStore later = FolderStore.shared("later", parent.resolve("outbox"));
        StoreWatch laterWatch = new StoreWatch(later, new Store.Mark("0123456789abcdef0123456789abcdef", "later"));
        assertThat(laterWatch.isThere()).isFalse();

        Files.delete(parent);
        assertThat(laterWatch.isThere()).isTrue();
        assertThat(parent.resolve("outbox").resolve(FolderStore.MARKER)).exists();
    }
}
