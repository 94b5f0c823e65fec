package io.saddlebag.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DropListingTest {
    @TempDir
    Path folder;

    private Path secret;
    private Path drop;
    private DropRoot root;

    @BeforeEach
    void make() throws IOException {
        secret = Files.createDirectory(folder.resolve("secret"));
        Files.writeString(secret.resolve("key"), "secret");
        drop = Files.createDirectory(folder.resolve("drop"));
        root = new DropRoot(drop);
    }

    private List<String> list() throws IOException {
        List<String> found = new ArrayList<>();
        try (DropListing listing = new DropListing(root, true, name -> true, path -> false)) {
            for (DropListing.Entry entry = listing.next(); entry != null; entry = listing.next()) {
                found.add(entry.dropped().file().toString());
            }
        }
        return found;
    }

    @Test
    void offersALinkToAFolderAndNothingBelowIt() throws Exception {
        Files.createSymbolicLink(drop.resolve("sub"), secret);

        assertThat(list()).containsExactly("sub");
    }

    @Test
    void staysInASubFolderThatIsExchangedForALinkMeanwhile() throws Exception {
        Files.createDirectory(drop.resolve("sub"));
        Files.createFile(drop.resolve("sub/a"));
        Files.createFile(drop.resolve("sub/b"));
        List<String> found = new ArrayList<>();
        try (DropListing listing = new DropListing(root, true, name -> true, path -> false)) {
            found.add(listing.next().dropped().file().toString());
            Files.move(drop.resolve("sub"), folder.resolve("away"));
            Files.createSymbolicLink(drop.resolve("sub"), secret);
            for (DropListing.Entry entry = listing.next(); entry != null; entry = listing.next()) {
                found.add(entry.dropped().file().toString());
            }
        }

        assertThat(found).contains("sub/a", "sub/b").doesNotContain("sub/key");
    }

    @Test
    void reachesNoFileThroughALinkThatTookTheFoldersPlaceAfterTheListing() throws Exception {
        Files.createDirectory(drop.resolve("sub"));
        Files.createFile(drop.resolve("sub/key"));
        assertThat(list()).containsExactly("sub/key");
        Files.move(drop.resolve("sub"), folder.resolve("away"));
        Files.createSymbolicLink(drop.resolve("sub"), secret);

        Path file = Path.of("sub/key");
        assertThat(root.look(file)).isNull();
        assertThatThrownBy(() -> root.at(file, HeldFolder::look)).isInstanceOf(FileSystemException.class);
        root.deleteIfThere(file);
        assertThat(secret.resolve("key")).exists();
    }

    @Test
    void opensAFolderThatWasMadeAgain() throws Exception {
        assertThat(list()).isEmpty();
        Files.move(drop, folder.resolve("before"));
        Files.createDirectory(drop);
        Files.createFile(drop.resolve("a"));

        assertThat(list()).containsExactly("a");
    }

    @Test
    void takesALinkAtItsRoot() throws Exception {
        Files.delete(drop);
        Files.createSymbolicLink(drop, secret);

        assertThat(list()).containsExactly("key");
    }
}
