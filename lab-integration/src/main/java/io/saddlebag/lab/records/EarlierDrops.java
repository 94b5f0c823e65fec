package io.saddlebag.lab.records;

import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** The journal's answers about earlier drops, by which a new drop is judged. For any number of threads. */
public final class EarlierDrops {
    private static final int NAMED = 5;

    private final LabJournal journal;
    private final LabFolders folders;

    public EarlierDrops(LabJournal journal, LabFolders folders) {
        this.journal = journal;
        this.folders = folders;
    }

    /** True if a file of that name and size, in bytes, was claimed before. */
    public boolean knows(String fileName, long size) {
        String sql = "SELECT 1 FROM message WHERE file_name = ? AND size = ? LIMIT 1";
        return journal.value(sql, row -> row.getInt(1), fileName, size) != null;
    }

    /** The newest message of that name and content. */
    public Optional<OutgoingMessage> named(String fileName, long size, Sha256 sha256) {
        return journal.message(
                LabJournal.SELECT + "WHERE file_name = ? AND size = ? AND sha256 = ? ORDER BY number DESC LIMIT 1",
                fileName,
                size,
                sha256.hex());
    }

    /** The messages of that name and size, in bytes, without a digest in the journal; the newest first. */
    public List<OutgoingMessage> undigested(String fileName, long size) {
        return journal.messages(
                LabJournal.SELECT + "WHERE file_name = ? AND size = ? AND sha256 IS NULL ORDER BY number DESC",
                fileName,
                size);
    }

    /**
     * A file may come back from {@code failed/} before the row of its claim says that it failed.
     *
     * @throws NoSuchFileException while that row is to be settled and its file has left the work folder
     */
    public void requireAtRest(OutgoingMessage earlier) throws NoSuchFileException {
        Path content = folders.content(earlier.messageId());
        if (!earlier.isSettled() && !Files.exists(content, LinkOption.NOFOLLOW_LINKS)) {
            throw new NoSuchFileException(
                    content.toString(), null, "claimed before, and taken out of the work folder just now");
        }
    }

    /**
     * Refuses the files of a stem that is no message_id and whose other files were taken before. The same stem may come
     * again with another set of files; a set that has no name in common with the one before belongs to that.
     *
     * @param dropped the claimed folder of the files
     * @throws Refusal {@code CONFLICT} when it came too late
     */
    public void requireNotLate(String stem, Path dropped) throws IOException {
        OutgoingMessage earlier = newest(stem);
        if (earlier == null) {
            return;
        }
        Path kept = kept(earlier);
        if (!Files.isDirectory(kept, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        List<String> before = names(kept);
        if (!before.isEmpty() && Collections.disjoint(before, names(dropped))) {
            throw late(earlier.messageId(), dropped);
        }
    }

    /** @param late the folder of the files of a stem that came after the others */
    public static Refusal late(MessageId earlier, Path late) throws IOException {
        List<String> names = names(late);
        return new Refusal(
                Refusal.Code.CONFLICT,
                "Expected all files of a stem together, found "
                        + Printable.of(String.join(", ", names.subList(0, Math.min(NAMED, names.size()))))
                        + (names.size() > NAMED ? " and others" : "") + " after the others were taken as " + earlier
                        + ". One stem is one message (group: stem), and its files are not added to. Drop all files"
                        + " of the stem again under " + earlier.first() + "_r" + (earlier.revision() + 1)
                        + ", or these under a stem of their own");
    }

    private static List<String> names(Path folder) throws IOException {
        return LabFolders.namesIn(folder).stream().map(Path::toString).sorted().toList();
    }

    /** The newest message of that name; null when there is none, or it failed. */
    private OutgoingMessage newest(String fileName) {
        return journal.message(
                        LabJournal.SELECT
                                + "WHERE number = (SELECT max(number) FROM message WHERE file_name = ?) AND state <> 'FAILED'",
                        fileName)
                .orElse(null);
    }

    /** The place of a message's file: in {@code sent/} once it was sent, in the work folder before. */
    private Path kept(OutgoingMessage message) {
        String keptAs = journal.value(
                "SELECT kept_as FROM message WHERE number = ?", row -> row.getString(1), message.number());
        return keptAs == null
                ? folders.content(message.messageId())
                : folders.sent().resolve(keptAs);
    }

    /** True if the journal has the message that a correction corrects, or an earlier correction of it, not failed. */
    public boolean hasEarlierRevision(MessageId correction) {
        String first = correction.first().value();
        return journal
                .queryInTurn(
                        "SELECT message_id FROM message"
                                + " WHERE (message_id = ? OR (message_id > ? AND message_id < ?)) AND state <> 'FAILED'",
                        row -> MessageId.of(row.getString(1)).revision(),
                        first,
                        first + "_r",
                        first + "_s")
                .stream()
                .anyMatch(revision -> revision < correction.revision());
    }
}
