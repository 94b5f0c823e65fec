package io.saddlebag.files;

import io.saddlebag.files.access.Modes;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Keeps the files below a folder by hard links in a hidden sub-folder, whatever its owner moves or deletes meanwhile. Their
 * room is free again once this is closed. For one thread.
 */
public final class LinkHold implements AutoCloseable {
    private static final Pattern NAME = Pattern.compile("\\.backup-([0-9]{1,10})-[0-9]+");

    private final Path folder;
    private final Path hold;

    private LinkHold(Path folder, Path hold) {
        this.folder = folder;
        this.hold = hold;
    }

    /** Removes what a killed back-up left there. */
    public static LinkHold open(Path folder) throws IOException {
        FileTree.forEach(folder, entry -> {
            Matcher name = NAME.matcher(entry.getFileName().toString());
            if (name.matches()
                    && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()) {
                FileTree.delete(entry);
            }
        });
        Path hold = folder.resolve(".backup-" + ProcessHandle.current().pid() + "-" + Math.abs(System.nanoTime()));
        Files.createDirectory(hold, Modes.PRIVATE_FOLDER);
        return new LinkHold(folder, hold);
    }

    /**
     * Links each file that is there now and has no link yet. A file that its owner judges by its number of names is not to
     * be among them.
     *
     * @param endings of their names
     */
    public void link(String... endings) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path each, BasicFileAttributes attributes) throws IOException {
                if (NAME.matcher(each.getFileName().toString()).matches()) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Path held = of(each);
                if (!Files.isDirectory(held)) {
                    Files.createDirectory(held, Modes.PRIVATE_FOLDER);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path each, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile() && Stream.of(endings).anyMatch(each.toString()::endsWith)) {
                    link(each);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path each, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path each, IOException failure) throws IOException {
                if (failure != null && !(failure instanceof NoSuchFileException)) {
                    throw failure;
                }
                return FileVisitResult.CONTINUE;
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
