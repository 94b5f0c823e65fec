package io.saddlebag.stores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.files.FileTree;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.DriverManager;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HomeStoresTest {
    private static final List<String> FOLDERS = List.of("spool", "work", "outbox");

    @TempDir
    private Path folder;

    private SiteHome home;

    @BeforeEach
    void makeIdentity() throws IOException {
        home = new SiteHome(folder.resolve("home"));
        Files.createDirectories(home.identity());
        HomeId.make(home.identity(), new SecureRandom());
    }

    private static List<Store> stores(SiteHome of) {
        return List.of(
                FolderStore.vital("spool", of.resolve("spool")),
                FolderStore.own("work", of.work()),
                FolderStore.shared("outbox", of.resolve("outbox")),
                new JournalStore(of.journal().resolve("site.db")));
    }

    private void start(String... adopted) throws SiteStartException {
        HomeStores.open(home, Set.of(adopted)).admit(stores(home));
    }

    private Path place(String store) {
        return store.equals("journal") ? home.journal().resolve("site.db") : home.resolve(store);
    }

    private static void refused(ThrowingCallable start, String store, String remedy) {
        assertThatThrownBy(start)
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining("store " + store + ": expected at ")
                .hasMessageContaining(remedy)
                .hasMessageContaining("--adopt " + store)
                .message()
                .hasLineCount(1);
    }

    /** Those of another home, with a file in each. */
    private SiteHome anotherHome() throws Exception {
        SiteHome other = new SiteHome(folder.resolve("other"));
        HomeStores.open(other, Set.of()).admit(stores(other));
        return other;
    }

    @Test
    void theFirstStartMakesEveryStoreAndTheNextOnesFindThem() throws Exception {
        start();
        for (String store : FOLDERS) {
            assertThat(place(store).resolve(FolderStore.MARKER)).isRegularFile();
        }
        String notes = Files.readString(home.identity().resolve("stores.json"));
        start();
        start();
        assertThat(Files.readString(home.identity().resolve("stores.json"))).isEqualTo(notes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"spool", "work", "outbox", "journal"})
    void aStoreThatIsAbsentStopsTheStartAndIsNotMadeAnew(String store) throws Exception {
        start();
        FileTree.delete(place(store));

        refused(this::start, store, "found nothing. Mount the disk that belongs there");
        assertThat(place(store)).doesNotExist();
        start(store);
        start();
    }

    @ParameterizedTest
    @ValueSource(strings = {"spool", "work", "outbox"})
    void aFolderThatIsEmptyStopsTheStart(String store) throws Exception {
        start();
        Files.delete(place(store).resolve(FolderStore.MARKER));

        refused(this::start, store, "found an empty one. Mount the disk that belongs there");
        start(store);
        start();
    }

    @Test
    void aJournalWithoutAnyTableStopsTheStart() throws Exception {
        start();
        Files.write(place("journal"), new byte[0]);

        refused(this::start, "journal", "found an empty one. Mount");
        start("journal");
        start();
    }

    @Test
    void aJournalThatIsNoDatabaseStopsTheStart() throws Exception {
        start();
        Files.writeString(place("journal"), "no database, but more than a few bytes of text. ".repeat(100));

        assertThatThrownBy(this::start).isInstanceOf(SiteStartException.class).hasMessageContaining("site.db");
    }

    @ParameterizedTest
    @ValueSource(strings = {"spool", "work", "outbox", "journal"})
    void aStoreOfAnotherHomeStopsTheStart(String store) throws Exception {
        start();
        SiteHome other = anotherHome();
        Path place = place(store);
        FileTree.delete(place);
        Files.move(other.folder().resolve(home.folder().relativize(place)), place);

        refused(this::start, store, "of the home");
        start(store);
        start();
    }

    @ParameterizedTest
    @ValueSource(strings = {"spool", "work", "outbox", "journal"})
    void aStoreOfAnotherHomeStopsAFirstStartToo(String store) throws Exception {
        SiteHome other = anotherHome();
        Path place = place(store);
        Files.createDirectories(place.getParent());
        Files.move(other.folder().resolve(home.folder().relativize(place)), place);

        refused(this::start, store, "It belongs to another home");
        assertThat(home.resolve("identity/stores.json")).doesNotExist();
    }

    @Test
    void twoStoresOfOneHomeThatChangedPlacesStopTheStart() throws Exception {
        start();
        Files.move(place("spool"), folder.resolve("aside"));
        Files.move(place("outbox"), place("spool"));
        Files.move(folder.resolve("aside"), place("outbox"));

        assertThatThrownBy(this::start)
                .hasMessageContaining("store spool: expected")
                .hasMessageContaining("the store outbox of")
                .hasMessageContaining("store outbox: expected")
                .message()
                .hasLineCount(2);
    }

    @Test
    void aFolderOfOthersWithoutAMarkStopsTheStart() throws Exception {
        start();
        Files.move(place("outbox"), folder.resolve("aside"));
        Files.createDirectories(place("outbox").resolve("FL-LAB"));

        refused(this::start, "outbox", "without a mark of any home");
    }

    @Test
    void aSharedFolderThatSomebodyDeletedTheMarkOfGetsItAgain() throws Exception {
        start();
        Files.createDirectory(place("outbox").resolve("FL-LAB"));
        Files.delete(place("outbox").resolve(FolderStore.MARKER));

        start();
        assertThat(place("outbox").resolve(FolderStore.MARKER)).exists();
    }

    @Test
    void aFolderOfTheServiceDoesNotGetItsMarkAgain() throws Exception {
        start();
        Files.createFile(place("spool").resolve("1.segment"));
        Files.delete(place("spool").resolve(FolderStore.MARKER));

        refused(this::start, "spool", "without a mark");
    }

    @Test
    void aMarkThatCannotBeReadStopsTheStart() throws Exception {
        start();
        Files.write(place("spool").resolve(FolderStore.MARKER), new byte[] {(byte) 0xff, 0});

        refused(this::start, "spool", "another home or place");
    }

    @Test
    void storesThatAreThereAreFoundAgainAfterTheNotesWereLost() throws Exception {
        start();
        Files.delete(home.identity().resolve("stores.json"));
        start();
        FileTree.delete(place("spool"));
        refused(this::start, "spool", "found nothing");
    }

    @Test
    void aStoreThatIsAwayWhenTheNotesAreLostIsNotMadeAnew() throws Exception {
        start();
        Files.delete(home.identity().resolve("stores.json"));
        FileTree.delete(place("spool"));

        refused(this::start, "spool", "Another store of this home is there");
        assertThat(place("spool")).doesNotExist();
    }

    @Test
    void anOlderHomesStoresAreTakenOverUnlessOneIsAway() throws Exception {
        Files.createDirectories(home.journal());
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + place("journal"));
                var statement = connection.createStatement()) {
            statement.execute("CREATE TABLE message (number INTEGER)");
        }
        refused(this::start, "spool", "Another store of this home holds something");

        Files.createDirectories(place("spool"));
        Files.createFile(place("spool").resolve("1.segment"));
        start();
        start();
    }

    @Test
    void aStoreThatIsNewIsMadeBesideOthers() throws Exception {
        start();
        Store drop = FolderStore.shared("drop/more", home.resolve("drop/more"));
        HomeStores.open(home, Set.of())
                .admit(Stream.concat(stores(home).stream(), Stream.of(drop)).toList());
        assertThat(home.resolve("drop/more").resolve(FolderStore.MARKER)).exists();
    }

    @Test
    void aVitalStoreThatHoldsSomethingAndWasNeverMadeIsRefused() throws Exception {
        HomeStores.open(home, Set.of()).admit(stores(home).subList(1, 4));
        Files.createDirectories(place("spool"));
        Files.createFile(place("spool").resolve("1.segment"));

        refused(this::start, "spool", "This home never made it");
    }

    /** As a crash after each step of the making would leave it. */
    @Test
    void aCrashWhileStoresAreMadeLeavesAHomeThatStarts() throws Exception {
        start();
        Path notes = home.identity().resolve("stores.json");
        String begun = Files.readString(notes).replace("\"made\":true", "\"made\":false");
        for (List<String> lost :
                List.of(List.of("spool", "work", "outbox", "journal"), List.of("work"), List.<String>of())) {
            for (String store : lost) {
                FileTree.delete(place(store));
            }
            Files.writeString(notes, begun);
            start();
            assertThat(Files.readString(notes)).doesNotContain("\"made\":false");
        }
    }

    @Test
    void aNameThatIsNoStoresIsRefusedWithThoseThatAre() {
        assertThatThrownBy(() -> start("spol"))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining("--adopt spol: expected one of spool, work, outbox, journal");
    }

    @Test
    void notesThatCannotBeReadStopTheStart() throws Exception {
        start();
        Files.writeString(home.identity().resolve("stores.json"), "{\"stores\":");
        assertThatThrownBy(this::start).isInstanceOf(SiteStartException.class).hasMessageContaining("stores.json");
    }

    @Test
    void anIdentityThatIsLostBesideItsNotesStopsTheStart() throws Exception {
        start();
        Files.delete(home.identity().resolve("home.id"));
        assertThatThrownBy(this::start).isInstanceOf(SiteStartException.class).hasMessageContaining("home.id");
    }

    @Test
    void aHomeThatWasCopiedWholeStarts() throws Exception {
        start();
        Path copy = folder.resolve("copy");
        try (Stream<Path> files = Files.walk(home.folder())) {
            for (Path each : files.toList()) {
                Files.copy(each, copy.resolve(home.folder().relativize(each)));
            }
        }
        home = new SiteHome(copy);
        start();
    }
}
