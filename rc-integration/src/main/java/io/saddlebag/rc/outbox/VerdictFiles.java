package io.saddlebag.rc.outbox;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.access.Ownership;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.SiteId;
import io.saddlebag.message.verdict.Verdict;
import io.saddlebag.message.verdict.VerdictFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The files {@code <message_id>.accepted} and {@code <message_id>.rejected} that readers put into an outbox. One is taken when
 * two looks find it the same. It is read where readers cannot reach it, and put back when it is no verdict. A folder is listed
 * only when its entries changed. For one thread.
 */
public final class VerdictFiles {
    /** The most files of a sender that are looked at together; the others have their turn later. */
    static final int MOST = 1000;

    private static final String NO_FILE = "expected a file, found a link, a folder or another kind. Write a file";

    /** Within this time the change of a folder may have the time of the change before. */
    private static final Duration GRAIN = Duration.ofSeconds(2);

    private final Outbox outbox;
    private final Clock clock;
    private final Map<SiteId, Folder> folders = new HashMap<>();
    private volatile int refused;

    public VerdictFiles(Outbox outbox, Clock clock) {
        this.outbox = outbox;
        this.clock = clock;
    }

    /**
     * A file that says a verdict by its name.
     *
     * @param kind {@link Verdict#ACCEPTED} or {@link Verdict#REJECTED}
     */
    public record Said(SiteId sender, MessageId messageId, String kind) {
        /** The name of the file within the sender's folder. */
        public String name() {
            return messageId + "." + kind;
        }

        Said other() {
            return new Said(sender, messageId, kind.equals(Verdict.ACCEPTED) ? Verdict.REJECTED : Verdict.ACCEPTED);
        }
    }

    /** A file as it was found. */
    private record Look(long size, FileTime modified, Object key, Set<PosixFilePermission> mode) {}

    /** The state of a sender's folder. */
    private static final class Folder {
        FileTime listed;
        Map<Said, Look> looks = Map.of();
        final Map<Said, Look> refused = new HashMap<>();
        boolean isWhole;
    }

    /** The file is no verdict; the message says what was expected, what was found and what to do. */
    public static final class NoVerdictException extends Exception {
        private static final long serialVersionUID = 1L;

        public NoVerdictException(String message) {
            super(message);
        }
    }

    /** The file that a name belongs to; empty when it says no verdict. */
    static Optional<Said> said(SiteId sender, String name) {
        for (String kind : List.of(Verdict.ACCEPTED, Verdict.REJECTED)) {
            if (name.endsWith("." + kind)) {
                return OutboxNames.messageId(sender, name)
                        .map(id -> new Said(sender, id, kind))
                        .filter(each -> each.name().equals(name));
            }
        }
        return Optional.empty();
    }

    /**
     * The files of a sender that have not changed since the last call, without those that {@link #refuse} named.
     */
    public List<Said> settled(SiteId sender) throws IOException {
        Folder known = folders.computeIfAbsent(sender, each -> new Folder());
        FileTime changed;
        try {
            changed = Files.getLastModifiedTime(outbox.folder(sender), LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            folders.remove(sender);
            count();
            return List.of();
        }
        if (changed.equals(known.listed) && areAsRefused(known)) {
            return List.of();
        }
        Map<Said, Look> looks = looks(sender, known);
        List<Said> settled = looks.entrySet().stream()
                .filter(each -> each.getValue().equals(known.looks.get(each.getKey()))
                        && !each.getValue().equals(known.refused.get(each.getKey())))
                .map(Map.Entry::getKey)
                .toList();
        boolean isQuiet = looks.equals(known.looks)
                && settled.isEmpty()
                && known.isWhole
                && changed.toInstant().isBefore(clock.instant().minus(GRAIN));
        known.listed = isQuiet ? changed : null;
        known.looks = looks;
        known.refused.entrySet().removeIf(each -> !each.getValue().equals(looks.get(each.getKey())));
        count();
        return settled;
    }

    /** A file that its reader mends in its place changes nothing in the folder. */
    private boolean areAsRefused(Folder known) throws IOException {
        for (Map.Entry<Said, Look> each : known.refused.entrySet()) {
            if (!look(path(each.getKey())).equals(Optional.of(each.getValue()))) {
                return false;
            }
        }
        return true;
    }

    private Map<Said, Look> looks(SiteId sender, Folder known) throws IOException {
        Map<Said, Look> looks = new TreeMap<>((one, other) -> one.name().compareTo(other.name()));
        known.isWhole = true;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(outbox.folder(sender))) {
            for (Path entry : entries) {
                Optional<Said> said = said(sender, entry.getFileName().toString());
                if (said.isEmpty()) {
                    continue;
                }
                if (looks.size() == MOST + known.refused.size()) {
                    known.isWhole = false;
                    break;
                }
                look(entry).ifPresent(look -> looks.put(said.get(), look));
            }
        }
        return looks;
    }

    private static Optional<Look> look(Path file) throws IOException {
        try {
            PosixFileAttributes found =
                    Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return Optional.of(new Look(found.size(), found.lastModifiedTime(), found.fileKey(), found.permissions()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** True when the reader says both of one message. */
    public boolean saysBoth(Said said) {
        return Files.exists(path(said.other()), LinkOption.NOFOLLOW_LINKS);
    }

    private Path path(Said said) {
        return outbox.folder(said.sender()).resolve(said.name());
    }

    /** The file stays as it is, and is left alone until it changes. */
    public void refuse(Said said) {
        Folder known = folders.get(said.sender());
        Look look = known == null ? null : known.looks.get(said);
        if (look != null) {
            known.refused.put(said, look);
            count();
        }
    }

    private void count() {
        refused =
                folders.values().stream().mapToInt(each -> each.refused.size()).sum();
    }

    /** How many files are left alone; any thread. */
    public int refused() {
        return refused;
    }

    /**
     * Takes the file out of the readers' reach and reads it.
     *
     * @return its bytes; empty when it is gone
     * @throws NoVerdictException when it is none; it is back in its place then
     */
    public Optional<byte[]> take(Said said) throws IOException, NoVerdictException {
        outbox.requireThere();
        if (Files.isDirectory(path(said), LinkOption.NOFOLLOW_LINKS)) {
            // Another user's folder cannot be moved.
            throw new NoVerdictException(NO_FILE);
        }
        Path held = held(said);
        try {
            Files.move(path(said), held, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        try {
            return Optional.of(read(held));
        } catch (AccessDeniedException e) {
            putBack(said);
            throw new NoVerdictException("expected a file that this site may read, found mode "
                    + Ownership.of(path(said), LinkOption.NOFOLLOW_LINKS).octal() + ". Give it mode 0644");
        } catch (IOException | NoVerdictException e) {
            putBack(said);
            throw e;
        }
    }

    private Path held(Said said) throws IOException {
        return outbox.folders().staging().resolve(said.name());
    }

    private static byte[] read(Path held) throws IOException, NoVerdictException {
        if (!Ownership.of(held, LinkOption.NOFOLLOW_LINKS).isRegularFile()) {
            throw new NoVerdictException(NO_FILE);
        }
        if ((Integer) Files.getAttribute(held, "unix:nlink", LinkOption.NOFOLLOW_LINKS) != 1) {
            throw new NoVerdictException(
                    "expected a file with one name, found one that has another name too. Write a file of its own");
        }
        try (InputStream in = Files.newInputStream(held, LinkOption.NOFOLLOW_LINKS)) {
            return in.readNBytes(VerdictFile.MOST_BYTES + 1);
        }
    }

    /** A newer file under the name counts. */
    public void putBack(Said said) throws IOException {
        outbox.folders().putBackVerdict(held(said), said.sender());
        Folder known = folders.get(said.sender());
        if (known != null) {
            known.listed = null;
        }
    }

    /** Deletes the taken file; the journal has the verdict. */
    public void discard(Said said) throws IOException {
        Files.deleteIfExists(held(said));
        AtomicFiles.syncFolder(outbox.folder(said.sender()));
    }
}
