package io.saddlebag.lab.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.saddlebag.files.FileTree;
import io.saddlebag.files.PortableName;
import io.saddlebag.files.Presence;
import io.saddlebag.files.SecondName;
import io.saddlebag.files.tree.FolderLimits;
import io.saddlebag.lab.claim.NotTakenException.Kind;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DropClaimsTest {
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final String NAME = "FL-LAB_DAT_20251008_001.csv";

    @TempDir
    Path home;

    private Path drop;
    private Path elsewhere;
    private DropClaims claims;
    private DropRoot root;

    @BeforeEach
    void make() throws IOException {
        drop = Files.createDirectories(home.resolve("drop/raw"));
        start(Duration.ofMinutes(5));
    }

    private static Consumer<Throwable> isOf(Kind kind) {
        return failure -> assertThat(failure).isInstanceOfSatisfying(NotTakenException.class, e -> assertThat(e.kind())
                .isEqualTo(kind));
    }

    @AfterEach
    void clean() throws IOException {
        claims.close();
        if (elsewhere != null) {
            FileTree.delete(elsewhere);
        }
    }

    /** As a process does that begins. */
    private void start(Duration patience) {
        claims = new DropClaims(home, home.resolve("work"), new FolderLimits(100, 5, 1L << 30), patience);
        root = new DropRoots(claims::takeUp, folder -> Presence.ALWAYS).of(drop);
    }

    private void dropsOnAnotherFileSystem() throws IOException {
        assumeTrue(
                Files.isWritable(MEMORY) && !Files.getFileStore(MEMORY).equals(Files.getFileStore(home)),
                "needs a second file system at /dev/shm");
        elsewhere = Files.createTempDirectory(MEMORY, "saddlebag");
        Files.delete(drop);
        Files.createSymbolicLink(drop, elsewhere);
    }

    private Dropped listed(String file) throws IOException {
        root.lookAgain();
        return new Dropped(
                root,
                Path.of(file),
                Files.readAttributes(drop.resolve(file), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
    }

    private Dropped claimed(String file) throws IOException {
        return claims.secure(claims.claim(listed(file)));
    }

    private Dropped takenUp() throws IOException {
        root.lookAgain();
        return root.nextClaimed(name -> true);
    }

    private static List<String> filesBelow(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    private void make(String folder, String... files) throws IOException {
        for (String file : files) {
            Path made = drop.resolve(folder).resolve(file);
            Files.createDirectories(made.getParent());
            Files.writeString(made, file);
        }
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void takesAFileToWhereTheSitesUserAloneMayEnter() throws Exception {
        Files.writeString(drop.resolve(NAME), "it");

        Dropped claimed = claimed(NAME);

        assertThat(drop).isEmptyDirectory();
        assertThat(claimed.claim()).hasContent("it").startsWith(home.resolve("work"));
        assertThat(mode(DropClaims.baseIn(home.resolve("work")))).isEqualTo("rwx------");
        assertThat(mode(claimed.claim().getParent())).isEqualTo("rwx------");
    }

    @Test
    void offersWhatAnEarlierRunClaimedUnderItsOwnName() throws Exception {
        String odd = "a name\nof 237 bytes " + "x".repeat(217);
        Files.writeString(drop.resolve(odd), "it");
        make("folder", "deep/a.csv");
        claims.claim(listed(odd));
        claims.claim(listed("folder"));
        start(Duration.ofMinutes(5));

        Dropped first = takenUp();
        Dropped second = takenUp();

        assertThat(List.of(first.name(), second.name())).containsExactlyInAnyOrder(odd, "folder");
        Dropped folder = claims.secure(first.name().equals("folder") ? first : second);
        assertThat(folder.claim().resolve("deep/a.csv")).exists();
        assertThat(takenUp()).isNull();
    }

    @Test
    void offersNoClaimOfThisRunWhenTheDropFolderIsMadeAgain() throws Exception {
        Files.writeString(drop.resolve(NAME), "it");
        claimed(NAME);
        Files.delete(drop);
        Files.createDirectory(drop);

        assertThat(takenUp()).isNull();
    }

    @Test
    void givesANameThatIsTooLongOrNoTextBackAsOneThatCannotTravel() throws Exception {
        String name = NAME + "x".repeat(255 - NAME.length());
        Files.writeString(drop.resolve(name), "it");
        assertThat(claims.claim(listed(name)).name()).isEqualTo(name);
        start(Duration.ofMinutes(5));

        String found = takenUp().name();

        assertThatThrownBy(() -> PortableName.require(found)).isInstanceOf(Refusal.class);
    }

    @Test
    void leavesWhatCannotBeClaimedWhereItIs() throws Exception {
        Dropped gone = listed(Files.createFile(drop.resolve(NAME)).getFileName().toString());
        Files.delete(drop.resolve(NAME));

        assertThatThrownBy(() -> claims.claim(gone)).isInstanceOf(NoSuchFileException.class);
        assertThat(filesBelow(home.resolve("work"))).isEmpty();
    }

    @Test
    void claimsAPipeUnopenedThatTookAFilesPlace() throws Exception {
        Files.createFile(drop.resolve(NAME));
        Dropped listed = listed(NAME);
        Files.delete(drop.resolve(NAME));
        pipe(drop.resolve(NAME));

        Dropped claimed = claims.secure(claims.claim(listed));

        assertThat(Files.readAttributes(claimed.claim(), BasicFileAttributes.class)
                        .isOther())
                .isTrue();
    }

    @Test
    void makesAFolderItsOwnThatTookAFilesPlace() throws Exception {
        Files.createFile(drop.resolve(NAME));
        Dropped listed = listed(NAME);
        Files.delete(drop.resolve(NAME));
        make(NAME, "a.csv");

        Dropped claimed = claims.secure(claims.claim(listed));
        assertThat(claimed.claim().resolve("a.csv")).exists();

        start(Duration.ofMinutes(5));
        assertThat(claims.secure(takenUp()).claim().resolve("a.csv")).exists();
    }

    @Test
    void endsAClaimOnceItsFileIsMovedOn() throws Exception {
        make("folder", "a.csv");
        Dropped claimed = claimed("folder");
        claims.end(claimed);
        assertThat(claimed.claim()).exists();
        Files.move(claimed.claim(), home.resolve("work/message"));

        claims.end(claimed);

        assertThat(claimed.claim().getParent()).doesNotExist();
    }

    @Test
    void refusesAFolderDeeperThanTheLimitAndKeepsAllOfIt() throws Exception {
        make("folder", "1/2/3/4/5/a.csv", "b.csv");
        Dropped claimed = claims.claim(listed("folder"));

        assertThatThrownBy(() -> claims.secure(claimed)).isInstanceOf(Refusal.class);
        assertThat(filesBelow(claims.whole(claimed).claim())).containsExactly("1/2/3/4/5/a.csv", "b.csv");
    }

    @Test
    void putsBackAndReplacesNothing() throws Exception {
        Files.writeString(drop.resolve(NAME), "one");
        make("folder", "a.csv");
        Dropped file = claimed(NAME);
        Dropped folder = claimed("folder");

        assertThat(DropRoot.putBack(drop, file.claim(), NAME)).isTrue();
        assertThat(DropRoot.putBack(drop, folder.claim(), "folder")).isTrue();
        assertThat(filesBelow(drop)).containsExactly(NAME, "folder/a.csv");

        Path other = Files.writeString(home.resolve("other"), "two");
        assertThat(DropRoot.putBack(drop, other, NAME)).isFalse();
        Files.createSymbolicLink(drop.resolve("link"), home.resolve("nowhere"));
        assertThat(DropRoot.putBack(drop, other, "link")).isFalse();
        assertThat(drop.resolve(NAME)).hasContent("one");
        assertThat(other).hasContent("two");
    }

    @Test
    void copiesFromAnotherFileSystemWithTheTime() throws Exception {
        dropsOnAnotherFileSystem();
        FileTime time = FileTime.from(Instant.parse("2025-10-08T09:00:00Z"));
        Files.setLastModifiedTime(Files.writeString(drop.resolve(NAME), "it"), time);
        make("folder", "deep/a.csv", "b.csv");

        Dropped file = claimed(NAME);
        Dropped folder = claimed("folder");

        assertThat(file.claim()).hasContent("it").startsWith(home.resolve("work"));
        assertThat(Files.getLastModifiedTime(file.claim())).isEqualTo(time);
        assertThat(filesBelow(folder.claim())).containsExactly("b.csv", "deep/a.csv");
        assertThat(filesBelow(elsewhere)).isEmpty();
        assertThat(mode(elsewhere.resolve(ClaimFolders.FAR))).isEqualTo("rwx------");
        assertThat(mode(file.claim())).isEqualTo("rw-r-----");
    }

    @Test
    void copiesOnceMoreWhatACrashLeftOnAnotherFileSystem() throws Exception {
        dropsOnAnotherFileSystem();
        Files.writeString(drop.resolve(NAME), "it");
        make("folder", "deep/a.csv");
        String entry = claims.claim(listed(NAME)).claim().getFileName().toString();
        claims.claim(listed("folder"));
        // It was copied, and the first one not deleted yet.
        Path near = DropClaims.baseIn(home.resolve("work")).resolve("drop%2Fraw");
        Files.writeString(near.resolve(entry), "it");
        Files.createDirectories(near.resolve(".00000000-0000-4000-8000-000000000000.part/half"));
        start(Duration.ofMinutes(5));

        for (Dropped claim = takenUp(); claim != null; claim = takenUp()) {
            claims.secure(claim);
        }

        assertThat(filesBelow(elsewhere)).isEmpty();
        assertThat(filesBelow(near)).hasSize(2);
        assertThat(near.resolve(entry)).hasContent("it");
        assertThat(takenUp()).isNull();
    }

    @Test
    void takesNoHalfCopyForAClaimWhileItsDiskIsAway() throws Exception {
        Path near = DropClaims.baseIn(home.resolve("work")).resolve("drop%2Fraw");
        Files.createDirectories(near);
        Files.writeString(near.resolve(".00000000-0000-4000-8000-000000000000.part"), "half");
        start(Duration.ofMinutes(5));

        assertThat(takenUp()).isNull();
        assertThat(near).isEmptyDirectory();
    }

    @Test
    void putsAFolderOfAnotherFileSystemBackThatCannotTravel() throws Exception {
        dropsOnAnotherFileSystem();
        make("folder", "1/2/3/4/5/a.csv");
        Dropped claimed = claims.claim(listed("folder"));

        assertThatThrownBy(() -> claims.secure(claimed)).satisfies(isOf(Kind.UNTAKEABLE));
        assertThat(drop.resolve("folder/1/2/3/4/5/a.csv")).exists();
        assertThat(filesBelow(home.resolve("work"))).isEmpty();
    }

    @Test
    void movesALinkFromAnotherFileSystemAsItIs() throws Exception {
        dropsOnAnotherFileSystem();
        Files.createSymbolicLink(drop.resolve(NAME), Path.of("/etc/passwd"));

        assertThat(Files.readSymbolicLink(claimed(NAME).claim())).isEqualTo(Path.of("/etc/passwd"));
    }

    @Test
    void takesNoClaimsFolderOfSomebodyElse() throws Exception {
        dropsOnAnotherFileSystem();
        Path secret = Files.createDirectory(home.resolve("secret"));
        Files.createSymbolicLink(elsewhere.resolve(ClaimFolders.FAR), secret);
        Files.writeString(drop.resolve(NAME), "it");

        assertThatThrownBy(() -> claims.claim(listed(NAME)))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("this site's own user");
        assertThat(drop.resolve(NAME)).hasContent("it");
        assertThat(secret).isEmptyDirectory();
    }

    @Test
    void sendsNoClaimsFolderThatSomebodyRenamedAndFindsItsClaimsAgain() throws Exception {
        dropsOnAnotherFileSystem();
        Files.writeString(drop.resolve(NAME), "it");
        claims.claim(listed(NAME));
        Files.move(elsewhere.resolve(ClaimFolders.FAR), elsewhere.resolve("FL-LAB_DAT_20251008_002"));
        start(Duration.ofMinutes(5));

        Dropped listed = listed("FL-LAB_DAT_20251008_002");
        assertThatThrownBy(() -> claims.claim(listed)).satisfies(isOf(Kind.UNTAKEABLE));

        assertThat(elsewhere.resolve("FL-LAB_DAT_20251008_002")).doesNotExist();
        Dropped found = takenUp();
        assertThat(found.name()).isEqualTo(NAME);
        assertThat(claims.secure(found).claim()).hasContent("it");
    }

    @Test
    void makesANewClaimsFolderWhenItsOwnIsMovedAway() throws Exception {
        dropsOnAnotherFileSystem();
        Files.writeString(drop.resolve(NAME), "one");
        claimed(NAME);
        Files.move(elsewhere.resolve(ClaimFolders.FAR), elsewhere.resolve(".away"));
        Files.writeString(drop.resolve(NAME), "two");

        assertThat(claimed(NAME).claim()).hasContent("two");
        assertThat(elsewhere.resolve(ClaimFolders.FAR)).isDirectory();
    }

    @Test
    void waitsForNoCopyThatHangsAndSaysWhenItEndsAfterAll() throws Exception {
        Path file = home.resolve("pipe");
        CopyThreads threads = new CopyThreads(Duration.ofMillis(200));
        pipe(file);
        CompletableFuture<Void> late = new CompletableFuture<>();

        assertThatThrownBy(() -> threads.run(file, progress -> Files.readAllBytes(file), () -> late.complete(null)))
                .satisfies(isOf(Kind.COPY_HANGS));
        assertThatThrownBy(() -> threads.run(file, progress -> Files.readAllBytes(file), () -> {}))
                .satisfies(isOf(Kind.COPY_HANGS));
        assertThatThrownBy(() -> threads.run(file, progress -> {}, () -> {}))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("all threads");

        Files.newOutputStream(file).close();
        late.join();
        threads.close();
    }

    @Test
    void refusesASecondNameOfAFileThatItsOwnerAloneMayRead() throws Exception {
        Path key = Files.writeString(home.resolve("key"), "secret");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        Path folder = Files.createDirectory(drop.resolve("folder"));
        Files.createLink(folder.resolve("a.csv"), key);
        Dropped claimed = claims.claim(listed("folder"));

        assertThatThrownBy(() -> claims.secure(claimed))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.BAD_FILE));
        Path shared = Files.writeString(home.resolve("shared"), "public");
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rw-r-----"));
        Files.createLink(home.resolve("linked"), shared);
        SecondName.requireNone(shared, "shared");
    }

    @Test
    void copiesAFolderAndTheFilesOfAStemAndLeavesThem() throws Exception {
        make("folder", "a.csv", "sub/b.csv");
        make("", "s.bam", "s.bai");
        Dropped group = Dropped.group(root, Path.of("s"), List.of(listed("s.bam"), listed("s.bai")));

        Dropped folder = claims.secure(claims.claimCopy(listed("folder"), DropRules.USUAL));
        Dropped files = claims.secure(claims.claimCopy(group, DropRules.USUAL));

        assertThat(filesBelow(folder.claim())).containsExactly("a.csv", "sub/b.csv");
        assertThat(filesBelow(files.claim())).containsExactly("s.bai", "s.bam");
        assertThat(filesBelow(drop)).containsExactly("folder/a.csv", "folder/sub/b.csv", "s.bai", "s.bam");
        claims.discard(folder);
        claims.close();
        start(Duration.ofMinutes(5));
        assertThat(takenUp().name()).isEqualTo("s");
        assertThat(takenUp()).isNull();
    }

    /** As a dropper could have a key sent from a folder that this site may not write to. */
    @Test
    void copiesNoFileThatItsOwnerAloneMayReadAndNoneThatTookTheListedOnesName() throws Exception {
        Path key = Files.writeString(home.resolve("key"), "secret");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        make("folder", "a.csv");
        Files.createLink(drop.resolve("folder/b.csv"), key);
        Files.createLink(drop.resolve(NAME), key);
        make("", "c.csv");
        Dropped listed = listed("c.csv");
        Files.move(drop.resolve("c.csv"), drop.resolve("d.csv"));
        make("", "c.csv");

        for (Dropped each : List.of(listed("folder"), listed(NAME), listed)) {
            assertThatThrownBy(() -> claims.claimCopy(each, DropRules.USUAL)).isInstanceOf(NotTakenException.class);
        }
        assertThat(filesBelow(home.resolve("work"))).isEmpty();
    }

    private static void pipe(Path path) throws Exception {
        assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor())
                .isZero();
    }
}
