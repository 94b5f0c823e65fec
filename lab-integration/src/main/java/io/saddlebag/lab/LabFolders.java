package io.saddlebag.lab;

import io.saddlebag.folder.AtomicFiles;
import io.saddlebag.message.Json;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Where a laboratory's files lie, from the claim on: {@code work/<message_id>/} with {@code content} and
 * {@code sealed.age}, then {@code sent/<yyyy-mm-dd>/} (UTC) or {@code failed/} with {@code <name>.reason.json}. Nothing
 * there is ever overwritten: a second file of a name gets {@code .2}, {@code .3} and so on. For any number of threads, one
 * a message.
 */
final class LabFolders {
    static final String REASON_SUFFIX = ".reason.json";

    private static final int MAX_SAME_NAME = 10_000;

    private final SiteHome home;
    private final Clock clock;

    LabFolders(SiteHome home, Clock clock) {
        this.home = Objects.requireNonNull(home, "home");
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    void create() throws IOException {
        AtomicFiles.createFolders(home.work());
        AtomicFiles.createFolders(home.journal());
        AtomicFiles.createFolders(sent());
        AtomicFiles.createFolders(failed());
    }

    Path content(MessageId messageId) {
        return folder(messageId).resolve("content");
    }

    Path sealed(MessageId messageId) {
        return folder(messageId).resolve("sealed.age");
    }

    private Path folder(MessageId messageId) {
        return home.work().resolve(messageId.value());
    }

    private Path sent() {
        return home.resolve("sent");
    }

    private Path failed() {
        return home.resolve("failed");
    }

    /**
     * Moves a dropped file into the work folder in one step.
     *
     * @throws java.nio.file.AtomicMoveNotSupportedException when the drop folder is on another file system
     */
    void takeIn(Path dropped, MessageId messageId) throws IOException {
        AtomicFiles.createFolders(folder(messageId));
        Files.move(dropped, content(messageId), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Keeps a file among those sent today. When it is gone already, an earlier attempt has kept it. */
    Path keepSent(Path file, String fileName) throws IOException {
        Path folder = sent().resolve(
                        LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).toString());
        AtomicFiles.createFolders(folder);
        return keep(file, folder, fileName);
    }

    /**
     * Keeps a file among those that failed, the reason beside it. A link or device is moved as it is, unread.
     *
     * @param messageId null when the name gives none
     */
    Path keepFailed(Path file, String fileName, MessageId messageId, Refusal refusal) throws IOException {
        Path kept = keep(file, failed(), fileName);
        Map<String, String> reason = new LinkedHashMap<>();
        reason.put("file_name", fileName);
        if (messageId != null) {
            reason.put("message_id", messageId.value());
        }
        reason.put("code", refusal.code().text());
        reason.put("reason", refusal.reason());
        reason.put("failed_timestamp", clock.instant().toString());
        AtomicFiles.replace(failed().resolve(kept.getFileName() + REASON_SUFFIX), Json.write(reason));
        return kept;
    }

    private static Path keep(Path file, Path folder, String fileName) throws IOException {
        for (int copy = 1; copy <= MAX_SAME_NAME; copy++) {
            Path target = folder.resolve(copy == 1 ? fileName : fileName + "." + copy);
            if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                return target;
            }
            try {
                move(file, target);
                return target;
            } catch (FileAlreadyExistsException taken) {
                continue;
            }
        }
        throw new FileAlreadyExistsException(
                folder.resolve(fileName).toString(), null, "so many of this name; remove some");
    }

    private static void move(Path file, Path target) throws IOException {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            AtomicFiles.moveNew(file, target);
        } else if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(target.toString());
        } else {
            Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** Deletes what is left in the work folder of a settled message. */
    void clear(MessageId messageId) throws IOException {
        Path folder = folder(messageId);
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> entries = Files.list(folder)) {
            for (Path entry : (Iterable<Path>) entries::iterator) {
                Files.deleteIfExists(entry);
            }
        }
        Files.deleteIfExists(folder);
    }
}
