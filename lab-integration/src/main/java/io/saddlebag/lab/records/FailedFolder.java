package io.saddlebag.lab.records;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.NumberedName;
import io.saddlebag.lab.claim.Dropped;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.message.Json;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * {@code failed/}: refused files, each with {@code <name>.reason.json}. Overwrites no file; a second file of a name
 * gets {@code .2}, {@code .3} and so on. The reason is written before the file is moved, so that no file is here without
 * one. For any number of threads, one a message.
 */
public final class FailedFolder {
    static final String REASON_SUFFIX = ".reason.json";
    /** Ends the kept name of a dropped file whose own name ends like that of a reason. */
    private static final String NO_REASON_SUFFIX = ".file";

    private static final int LONGEST_NAME = 200;

    private final SiteHome home;
    private final Clock clock;

    FailedFolder(SiteHome home, Clock clock) {
        this.home = home;
        this.clock = clock;
    }

    Path path() {
        return home.resolve("failed");
    }

    /**
     * Keeps a file with its reason. A link or device is moved as it is, unread. Call it again after a failure or a
     * crash: it finds the place that it gave the file before.
     *
     * @param droppedIn see {@link SiteHome#nameOf}; null when it is not known
     * @param messageId null when it has none yet
     */
    public Path keep(Path file, String fileName, String droppedIn, MessageId messageId, Refusal refusal)
            throws IOException {
        return keep(file, FailureReason.of(fileName, droppedIn, messageId, refusal, clock.instant()), earlier -> false);
    }

    /** Keeps the claimed file of a message. */
    public Path keep(Path file, OutgoingMessage message, Refusal refusal) throws IOException {
        OutgoingMessage.Claim claim = message.claim();
        return keep(
                file,
                FailureReason.of(claim.fileName(), claim.folder(), message.messageId(), refusal, clock.instant()),
                earlier -> earlier.isOf(message));
    }

    /**
     * Keeps a dropped file that was refused before it was a message; each file of a claimed group by itself, so that
     * each can go back to its own place.
     *
     * @param messageId null when it has none yet
     */
    public void keep(Dropped dropped, MessageId messageId, Refusal refusal) throws IOException {
        if (!dropped.isGroup() || !dropped.isClaimed()) {
            keepOne(dropped, messageId, refusal);
            return;
        }
        for (Path name : LabFolders.namesIn(dropped.claim())) {
            keepOne(dropped.member(name), messageId, refusal);
        }
        Files.delete(dropped.claim());
    }

    private void keepOne(Dropped dropped, MessageId messageId, Refusal refusal) throws IOException {
        Path parent = dropped.path().getParent();
        Path root = dropped.root().path();
        FailureReason reason =
                FailureReason.of(dropped.name(), home.nameOf(parent), messageId, refusal, clock.instant());
        keep(dropped.claim(), parent.equals(root) ? reason : reason.within(home.nameOf(root)), earlier -> false);
    }

    /**
     * One at a time, because the look for a name and the reason under it are two steps.
     *
     * @param isOfThisClaim for a reason whose file is not here: true when it was written for this file before a crash
     */
    private synchronized Path keep(Path file, FailureReason reason, Predicate<FailureReason> isOfThisClaim)
            throws IOException {
        String name = keptName(reason.fileName());
        if (!isThere(file)) {
            Path target = keptBefore(name, reason);
            if (!isThere(reasonOf(target))) {
                AtomicFiles.replace(reasonOf(target), Json.writeForPeople(reason));
            }
            return target;
        }
        return NumberedName.place(path(), name, target -> isTaken(target, file, isOfThisClaim), free -> {
            AtomicFiles.replace(reasonOf(free), Json.writeForPeople(reason));
            try {
                LabFolders.move(file, free);
            } catch (IOException e) {
                Files.deleteIfExists(reasonOf(free));
                throw e;
            }
        });
    }

    /** A reason keeps its name when its file is taken away, so that no other file gets that reason. */
    private static boolean isTaken(Path target, Path file, Predicate<FailureReason> isOfThisClaim) {
        try {
            if (isThere(target)) {
                // A move that failed half-way may have left the file under both names.
                return !AtomicFiles.isSameFile(file, target);
            }
            return isThere(reasonOf(target))
                    && FailureReason.read(reasonOf(target))
                            .filter(isOfThisClaim)
                            .isEmpty();
        } catch (IOException e) {
            return true;
        }
    }

    /** The place in which a crash left the file, with its reason or still without one. */
    private Path keptBefore(String name, FailureReason reason) throws IOException {
        int copy = 1;
        Path target = NumberedName.of(path(), name, copy);
        while (isThere(reasonOf(target)) && !reason.isOfSameDrop(reasonOf(target))) {
            target = NumberedName.of(path(), name, ++copy);
        }
        return target;
    }

    /** A message's claim was refused, and its file moved here, before the row said so; empty when it was not. */
    public Optional<Refusal> refusalOf(OutgoingMessage message) throws IOException {
        return reasonOf(message)
                .map(reason -> new Refusal(
                        Refusal.Code.ofText(reason.code()),
                        reason.reason(),
                        reason.faults() == null ? List.of() : reason.faults()));
    }

    /**
     * The reason of a message whose file was moved here before a crash, and whose row was not changed. A reason of an
     * earlier claim under the same id does not count.
     */
    Optional<FailureReason> reasonOf(OutgoingMessage message) throws IOException {
        String name = keptName(message.claim().fileName());
        for (int copy = 1; ; copy++) {
            Path kept = NumberedName.of(path(), name, copy);
            if (!isThere(reasonOf(kept))) {
                return Optional.empty();
            }
            Optional<FailureReason> found = FailureReason.read(reasonOf(kept)).filter(reason -> reason.isOf(message));
            if (found.isPresent() && isThere(kept)) {
                return found;
            }
        }
    }

    static Path reasonOf(Path failed) {
        return failed.resolveSibling(failed.getFileName() + REASON_SUFFIX);
    }

    /**
     * The name of a kept file: as dropped, unless that is too long for an ending, has bytes that are no text, or ends
     * like that of a reason.
     */
    static String keptName(String fileName) {
        boolean isText = fileName.indexOf('\uFFFD') < 0;
        String name = isText ? fileName : fileName.replaceAll("[^\\x20-\\x7E]", "_");
        boolean isShort = name.length() <= LONGEST_NAME && name.getBytes(StandardCharsets.UTF_8).length <= LONGEST_NAME;
        String kept = isShort ? name : beginning(name);
        return kept.endsWith(REASON_SUFFIX) ? kept + NO_REASON_SUFFIX : kept;
    }

    /** Never ends in half of a character that takes two chars, which no file system accepts. */
    private static String beginning(String name) {
        int end = Math.min(name.length(), LONGEST_NAME / 4);
        return name.substring(0, Character.isHighSurrogate(name.charAt(end - 1)) ? end - 1 : end);
    }

    private static boolean isThere(Path file) {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }
}
