package io.saddlebag.files;

import io.saddlebag.files.access.Modes;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Keeps files of a folder by hard links in a hidden sub-folder, whatever their owner moves or deletes meanwhile. Their room
 * is free again once this is closed. A folder has one hold at a time. For one thread.
 */
public final class LinkHold implements AutoCloseable {
    private static final String NAME = ".backup";

    private final Path folder;
    private final Path hold;

    private LinkHold(Path folder, Path hold) {
        this.folder = folder;
        this.hold = hold;
    }

    /** Removes what a killed back-up left there. */
    public static LinkHold open(Path folder) throws IOException {
        Path hold = folder.resolve(NAME);
        FileTree.delete(hold);
        Files.createDirectory(hold, Modes.PRIVATE_FOLDER);
        return new LinkHold(folder, hold);
    }

    /**
     * Links each file of the folder itself that is there now and has no link yet. A file that its owner judges by its number
     * of names is not to be among them.
     *
     * @param endings of their names
     */
    public void link(String... endings) throws IOException {
        FileTree.forEach(folder, each -> {
            if (Stream.of(endings).anyMatch(each.toString()::endsWith)
                    && Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS)) {
                link(each);
            }
        });
    }

    private void link(Path file) throws IOException {
        try {
            Files.createLink(of(file), file);
        } catch (FileAlreadyExistsException e) {
            // It was linked before. A file that another one replaced since is kept as it was then.
        } catch (NoSuchFileException e) {
            // Its owner was faster.
        }
    }

    /** Where a file of the folder is held. */
    public Path of(Path file) {
        return hold.resolve(folder.relativize(file).toString());
    }

    @Override
    public void close() throws IOException {
        FileTree.delete(hold);
    }
}
