package io.saddlebag.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.saddlebag.files.FileTree;
import io.saddlebag.site.SiteClocks;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.stores.StoreWatch;
import io.saddlebag.testing.LoggedLines;
import io.saddlebag.testing.TestNetwork;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A laboratory whose journal, work folder or drop folder is not there, at its start and while it runs. */
class StoresTest extends LabFixture {
    private static final byte[] CONTENT = "a,b\n".getBytes(StandardCharsets.UTF_8);

    private final LoggedLines log = LoggedLines.of(StoreWatch.class);

    @BeforeEach
    void sendOne() throws Exception {
        hq.listen();
        start();
        drop(1);
        awaitSent(1);
    }

    @AfterEach
    void closeLog() {
        log.close();
    }

    private void start(String... adopted) throws SiteStartException {
        lab = home.start(hq.port(), Map.of("publish.retry-interval", "100ms"), SiteClocks.ofSystem(), adopted);
    }

    private static String name(int number) {
        return String.format("FL-LAB_DAT_20251008_%03d.csv", number);
    }

    private void drop(int number) throws Exception {
        home.drop(name(number), CONTENT);
    }

    private void awaitSent(int number) {
        await().until(() -> home.sent().contains(name(number)));
    }

    private Path place(String store) {
        return store.equals("journal")
                ? home.home().journal().resolve("lab.db")
                : home.home().resolve(store);
    }

    private Path aside() {
        return folder.resolve("unmounted");
    }

    private void unmount(String store) throws Exception {
        Files.move(place(store), aside());
        if (!store.equals("journal")) {
            Files.createDirectory(place(store));
        }
    }

    private void mount(String store) throws Exception {
        FileTree.delete(place(store));
        Files.move(aside(), place(store));
    }

    private static List<Path> entries(Path of) throws Exception {
        try (Stream<Path> entries = Files.list(of)) {
            return entries.toList();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"journal", "work", "drop/raw-data"})
    void aStoreThatIsNotMountedStopsTheStart(String store) throws Exception {
        stop();
        unmount(store);

        assertThatThrownBy(this::start)
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining("store " + store + ": expected at " + place(store))
                .hasMessageContaining("--adopt " + store);
        mount(store);
        start();
        drop(2);
        awaitSent(2);
    }

    @Test
    void aDropFolderThatIsAdoptedIsTakenFrom() throws Exception {
        stop();
        unmount("drop/raw-data");
        start("drop/raw-data");
        drop(2);
        awaitSent(2);
    }

    @Test
    void nothingIsTakenFromAFolderInTheDropFoldersPlace() throws Exception {
        unmount("drop/raw-data");
        drop(2);
        await().until(() -> !log.from(Level.TRACE).isEmpty());
        assertThat(entries(home.drop()))
                .extracting(each -> each.getFileName().toString())
                .containsExactly(name(2));

        Files.move(home.drop().resolve(name(2)), aside().resolve(name(2)));
        mount("drop/raw-data");
        awaitSent(2);
        assertThat(log.from(Level.TRACE)).hasSize(2);
    }

    @Test
    void aFileStaysInItsDropFolderWhileTheWorkFolderIsAway() throws Exception {
        unmount("work");
        drop(2);
        await().until(() -> !log.from(Level.TRACE).isEmpty());
        assertThat(home.drop().resolve(name(2))).exists();
        assertThat(entries(place("work"))).isEmpty();

        mount("work");
        awaitSent(2);
    }

    /** A claimed file that is not sealed yet lies only there: a missing disk is no reason to give it up. */
    @Test
    void aClaimedFileIsKeptWhileTheWorkFolderIsAway() throws Exception {
        stop();
        hq.close();
        hq = new TestHeadquarters(TestNetwork.create(folder.resolve("another")));
        Path work = place("work");
        hq.listen();
        start();
        drop(2);
        await().until(() -> Files.exists(work.resolve("FL-LAB_DAT_20251008_002")));
        unmount("work");
        drop(3);
        await().until(() -> !log.from(Level.TRACE).isEmpty());

        assertThat(home.home().resolve("failed")).isEmptyDirectory();
        mount("work");
        assertThat(work.resolve("FL-LAB_DAT_20251008_002")).exists();
    }
}
