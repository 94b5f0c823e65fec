package io.saddlebag.stores;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.access.Modes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** A folder with the mark in the hidden file {@value #MARKER}, which every scan of such folders skips. */
public final class FolderStore implements Store {
    /** Begins with a dot, so that it is not sent, delivered or swept. */
    public static final String MARKER = ".saddlebag-store";

    /** In the place of a mark that cannot be read: it is no mark of this home. */
    private static final Store.Mark BROKEN = new Store.Mark("unknown", "unknown");

    private final String name;
    private final Path folder;
    private final boolean shared;
    private final boolean vital;

    private FolderStore(String name, Path folder, boolean shared, boolean vital) {
        this.name = name;
        this.folder = folder;
        this.shared = shared;
        this.vital = vital;
    }

    /** One that the service alone writes to, and that is never without content. */
    public static FolderStore vital(String name, Path folder) {
        return new FolderStore(name, folder, false, true);
    }

    /** One that the service alone writes to. */
    public static FolderStore own(String name, Path folder) {
        return new FolderStore(name, folder, false, false);
    }

    /** One that people and other programs use too: a drop folder or an outbox. */
    public static FolderStore shared(String name, Path folder) {
        return new FolderStore(name, folder, true, false);
    }

    @Override
    public String name() {
        return name;
    }

    Path folder() {
        return folder;
    }

    @Override
    public String place() {
        return folder.toString();
    }

    @Override
    public boolean isShared() {
        return shared;
    }

    @Override
    public boolean isVital() {
        return vital;
    }

    @Override
    public Found look() throws IOException {
        Object key = key();
        return key == null ? Found.ABSENT : Found.of(isEmpty(), mark(), key.toString());
    }

    /** A new disk holds only the lost+found of its file system. */
    private boolean isEmpty() throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, entry -> !entry.endsWith("lost+found"))) {
            return !entries.iterator().hasNext();
        }
    }

    /** Null when there is none; one of no home when it cannot be read as a mark. */
    Store.Mark mark() throws IOException {
        try {
            return Store.Mark.parse(Files.readString(folder.resolve(MARKER), StandardCharsets.UTF_8))
                    .orElse(BROKEN);
        } catch (NoSuchFileException e) {
            return null;
        } catch (java.nio.charset.CharacterCodingException e) {
            return BROKEN;
        }
    }

    /** Device and inode of the folder that has the path now, a link followed; null when it is none. */
    Object key() throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(folder, BasicFileAttributes.class);
            return attributes.isDirectory() ? attributes.fileKey() : null;
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    @Override
    public void mark(Store.Mark mark) throws IOException {
        if (shared) {
            AtomicFiles.createFolders(folder);
        } else {
            AtomicFiles.createPrivateFolder(folder);
        }
        Path marker = folder.resolve(MARKER);
        AtomicFiles.replace(marker, mark.text().getBytes(StandardCharsets.UTF_8));
        if (!shared) {
            Files.setPosixFilePermissions(marker, Modes.PRIVATE_FILE.value());
        }
    }
}
