package io.saddlebag.files.tree;

import io.saddlebag.files.FileTree;
import io.saddlebag.files.HeldFolder;
import io.saddlebag.files.SecondName;
import io.saddlebag.files.access.Modes;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes a claimed folder the site's own: whoever dropped it may have its folders open still, and could exchange what is in
 * them. Each folder of another owner is replaced by a new one, into which its entries are renamed, the outer ones first; one
 * of the site's own is closed to others. Afterwards nobody else can change a name in it.
 *
 * <p>Works in an area, a folder of the site's own: {@value #TAKEN} in it is the claimed folder, {@value #NEW} the folder
 * that replaces the first one of another owner in the order of the names. So a rebuild that a crash cut short is run again
 * and ends the same.
 */
public final class FolderRebuild {
    public static final String TAKEN = "taken";
    public static final String NEW = "new";

    /** The most attempts to empty a folder while another process adds to it. */
    private static final int ATTEMPTS = 10;

    private final Path area;
    private final FolderLimits limits;
    private final Object self;
    private long entries;

    public FolderRebuild(Path area, FolderLimits limits) throws IOException {
        this.area = area;
        this.limits = limits;
        this.self = owner(area);
    }

    /**
     * @throws Refusal {@code BAD_FILE} or {@code TOO_LARGE}; all that was in the folder is in the area then
     * @throws IOException when the disk fails; to be run again
     */
    public void run() throws IOException {
        rebuild(area.resolve(TAKEN), "", 1);
    }

    private static Object owner(Path file) throws IOException {
        return Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    }

    private void rebuild(Path folder, String prefix, int depth) throws IOException {
        if (!owner(folder).equals(self)) {
            replace(folder, prefix);
        }
        Files.setPosixFilePermissions(folder, Modes.SHARED_FOLDER.value());
        for (Path name : list(folder)) {
            Path entry = folder.resolve(name);
            String path = prefix + name;
            limits.requireEntries(++entries);
            limits.requireDepth(depth, path);
            BasicFileAttributes look =
                    Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (look.isDirectory()) {
                rebuild(entry, path + "/", depth + 1);
            } else if (look.isRegularFile()) {
                SecondName.requireNone(entry, path);
            }
        }
    }

    /** In an order that is the same after a crash. */
    private List<Path> list(Path folder) throws IOException {
        List<Path> names = new ArrayList<>();
        try {
            FileTree.forEach(folder, file -> {
                limits.requireEntries(entries + names.size());
                names.add(file.getFileName());
            });
        } catch (AccessDeniedException e) {
            throw closed(folder, e);
        }
        names.sort(Comparator.naturalOrder());
        return names;
    }

    private void replace(Path folder, String prefix) throws IOException {
        requireEmptyable(folder, prefix);
        Path made = area.resolve(NEW);
        if (!Files.exists(made, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(made, Modes.SHARED_FOLDER);
        }
        try (HeldFolder source = HeldFolder.open(folder);
                HeldFolder target = HeldFolder.open(made)) {
            for (int attempt = 1; ; attempt++) {
                empty(source, target, prefix);
                try {
                    // Takes the place of a folder that is empty, and of no other (rename(2)).
                    Files.move(made, folder, StandardCopyOption.ATOMIC_MOVE);
                    return;
                } catch (FileSystemException notEmpty) {
                    if (attempt == ATTEMPTS) {
                        throw changed(prefix);
                    }
                }
            }
        }
    }

    private void empty(HeldFolder source, HeldFolder target, String prefix) throws IOException {
        AtomicLong moved = new AtomicLong();
        try (HeldFolder again = source.again()) {
            again.forEach(name -> {
                limits.requireEntries(entries + moved.incrementAndGet());
                if (target.isThere(name)) {
                    throw changed(prefix + name);
                }
                try {
                    source.move(name, target, name);
                } catch (NoSuchFileException gone) {
                    return;
                } catch (AccessDeniedException e) {
                    throw closed(Path.of(prefix + name), e);
                }
            });
        }
    }

    /** Looks before anything is moved, so that a folder that cannot be emptied stays whole. */
    private void requireEmptyable(Path folder, String prefix) throws IOException {
        requireWritable(folder, prefix.isEmpty() ? "." : prefix);
        try (HeldFolder held = HeldFolder.open(folder)) {
            held.forEach(name -> {
                BasicFileAttributes look = held.look(name);
                if (look != null && look.isDirectory()) {
                    requireWritable(folder.resolve(name), prefix + name);
                }
            });
        } catch (AccessDeniedException e) {
            throw closed(folder, e);
        }
    }

    private static void requireWritable(Path folder, String path) {
        if (!Files.isWritable(folder) || !Files.isReadable(folder) || !Files.isExecutable(folder)) {
            throw closed(Path.of(path), null);
        }
    }

    private static Refusal closed(Path path, Exception cause) {
        return new Refusal(
                Refusal.Code.BAD_FILE,
                "Expected a folder whose folders this site may write to, since nobody else may move what is in them,"
                        + " found '" + Printable.of(path.getFileName().toString())
                        + "' closed to it. Open their modes (chmod -R g+rwX, with the site's group) and drop it again",
                cause);
    }

    private static Refusal changed(String path) {
        return new Refusal(
                Refusal.Code.BAD_FILE,
                "Expected a folder that stays as it is when it is complete, found that somebody put more into '"
                        + Printable.of(path)
                        + "' while it was taken. Put what is kept here together and drop it again");
    }
}
