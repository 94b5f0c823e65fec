package io.saddlebag.files.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PathTrustTest {
    private static final int ANOTHER_USER = 61_234;

    private final List<String> warnings = new ArrayList<>();

    @TempDir
    private Path folder;

    private Path above;
    private Path home;
    private Path file;

    @BeforeEach
    void makeHome() throws IOException {
        above = folder(folder.resolve("above"), 0755);
        home = folder(above.resolve("home"), 0750);
        file = Files.writeString(home.resolve("application.properties"), "site.id=FL-LAB\n");
        mode(file, 0640);
    }

    private static Path folder(Path path, int mode) throws IOException {
        Files.createDirectory(path);
        mode(path, mode);
        return path;
    }

    private static void mode(Path path, int mode) throws IOException {
        Files.setAttribute(path, "unix:mode", mode);
    }

    private PathTrust trust() throws IOException {
        return new PathTrust(Ownership.thisUser(), home, warnings::add);
    }

    private List<String> faultsOf(Path path) throws IOException {
        PathTrust trust = trust();
        trust.judge(path);
        return trust.faults();
    }

    private static void requireRoot() {
        assumeTrue(Ownership.thisUser() == 0, "only root can give files to another user");
    }

    @Test
    void acceptsAFileThatNobodyElseCanChange() throws IOException {
        assertThat(faultsOf(file)).isEmpty();
        assertThat(warnings).isEmpty();
    }

    @Test
    void refusesAFileThatTheGroupMayWrite() throws IOException {
        mode(file, 0660);
        assertThat(faultsOf(file))
                .containsExactly(file.toRealPath()
                        + ": expected a file or folder that nobody else may write, found mode 660. Run: chmod go-w "
                        + file.toRealPath());
    }

    @Test
    void refusesAFolderOfTheHomeThatTheGroupMayWriteEvenWhenItIsSticky() throws IOException {
        Path routes = folder(home.resolve("routes"), 0770);
        Path route = Files.writeString(routes.resolve("a.camel.yaml"), "[]");
        mode(route, 0640);
        assertThat(faultsOf(route)).singleElement().asString().contains("routes: expected a folder", "chmod g-w");
        mode(routes, 01770);
        assertThat(faultsOf(routes)).singleElement().asString().contains("mode 1770");
    }

    @Test
    void warnsOnceOfAFolderAboveTheHomeThatTheGroupMayWrite() throws IOException {
        mode(above, 0775);
        PathTrust trust = trust();
        trust.judge(file);
        trust.judge(home);
        assertThat(trust.faults()).isEmpty();
        assertThat(warnings)
                .singleElement()
                .asString()
                .startsWith(above.toRealPath() + ": its group may write there (mode 775)");
    }

    @Test
    void refusesAFolderAboveTheHomeThatEverybodyMayWrite() throws IOException {
        mode(above, 0777);
        assertThat(faultsOf(file)).singleElement().asString().contains("found mode 777", "chmod o-w " + above);
    }

    @Test
    void acceptsAStickyFolderThatEverybodyMayWriteWhenTheEntryIsOfThisUser() throws IOException {
        mode(above, 01777);
        assertThat(faultsOf(file)).isEmpty();
        assertThat(warnings).isEmpty();
    }

    @Test
    void refusesAnEntryOfAnotherUserInAStickyFolder() throws IOException {
        requireRoot();
        mode(above, 01777);
        Path theirs = folder(above.resolve("theirs"), 0755);
        Path mine = folder(theirs.resolve("mine"), 0755);
        Files.setAttribute(theirs, "unix:uid", ANOTHER_USER);
        assertThat(faultsOf(mine))
                .hasSize(2)
                .anySatisfy(line -> assertThat(line).contains("and the entry of user " + ANOTHER_USER))
                .anySatisfy(line ->
                        assertThat(line).startsWith(theirs.toRealPath() + ": ").contains("who can exchange"));
    }

    @Test
    void refusesAFileOfAnotherUser() throws IOException {
        requireRoot();
        Files.setAttribute(file, "unix:uid", ANOTHER_USER);
        assertThat(faultsOf(file)).singleElement().asString().contains("found one of user " + ANOTHER_USER, "chown 0 ");
    }

    @Test
    void judgesWhatALinkLeadsToAndTheFoldersOnItsWay() throws IOException {
        Path open = folder(folder.resolve("open"), 0777);
        Path target = Files.writeString(folder(open.resolve("real"), 0755).resolve("a.camel.yaml"), "[]");
        mode(target, 0666);
        Path link = Files.createSymbolicLink(home.resolve("a.camel.yaml"), Path.of("../../open/real/a.camel.yaml"));
        assertThat(faultsOf(link))
                .hasSize(2)
                .anySatisfy(line -> assertThat(line).startsWith(open.toRealPath() + ": "))
                .anySatisfy(line -> assertThat(line).startsWith(target.toRealPath() + ": "));
    }

    @Test
    void judgesTheFolderOfALinkThatLeadsElsewhere() throws IOException {
        Path open = folder(folder.resolve("open"), 0777);
        Path link = Files.createSymbolicLink(open.resolve("routes"), home);
        assertThat(faultsOf(link.resolve("application.properties")))
                .singleElement()
                .asString()
                .startsWith(open.toRealPath() + ": ");
    }

    @Test
    void saysNothingOfWhatIsNotThereButJudgesTheFoldersThatLeadToIt() throws IOException {
        assertThat(faultsOf(home.resolve("lib/x.jar"))).isEmpty();
        mode(home, 0770);
        assertThat(faultsOf(home.resolve("lib/x.jar"))).isNotEmpty();
    }

    @Test
    void endsAtALinkThatLeadsToItself() throws IOException {
        Path link = home.resolve("routes");
        Files.createSymbolicLink(link, link);
        assertThatThrownBy(() -> trust().judge(link)).isInstanceOf(IOException.class);
    }

    @Test
    void asksForTheStickyBitOnASharedFolderThatTheGroupMayWrite() throws IOException {
        Path outbox = folder(home.resolve("outbox"), 02770);
        PathTrust without = trust();
        without.judgeShared(outbox);
        assertThat(without.faults()).singleElement().asString().contains("found mode 2770", "chmod 3770 " + outbox);
        mode(outbox, 03770);
        PathTrust with = trust();
        with.judgeShared(outbox);
        assertThat(with.faults()).isEmpty();
    }

    @Test
    void refusesASharedFolderThatEverybodyMayWriteWithoutTheStickyBit() throws IOException {
        Path outbox = folder(home.resolve("outbox"), 0777);
        PathTrust trust = trust();
        trust.judgeShared(outbox);
        assertThat(trust.faults()).singleElement().asString().contains("found mode 777", "chmod 3770 " + outbox);
    }

    @Test
    void leavesToOthersWhatIsNoFolder() throws IOException {
        Path outbox = Files.writeString(home.resolve("outbox"), "a file");
        PathTrust trust = trust();
        trust.judgeShared(outbox);
        assertThat(trust.faults()).isEmpty();
    }
}
