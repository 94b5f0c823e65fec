package io.saddlebag.lab.records;

import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The journal's answers about earlier drops, by which a new drop is judged. For any number of threads. */
public final class EarlierDrops {
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
        return journal
                .messages(
                        LabJournal.SELECT
                                + "WHERE file_name = ? AND size = ? AND sha256 = ? ORDER BY number DESC LIMIT 1",
                        fileName,
                        size,
                        sha256.hex())
                .stream()
                .findFirst();
    }

    /** The messages of that name and size, in bytes, without a digest in the journal; the newest first. */
    public List<OutgoingMessage> undigested(String fileName, long size) {
        return journal.messages(
                LabJournal.SELECT + "WHERE file_name = ? AND size = ? AND sha256 IS NULL ORDER BY number DESC",
                fileName,
                size);
    }

    /** The newest message of that name, unless it failed. */
    public Optional<OutgoingMessage> newest(String fileName) {
        return journal
                .messages(
                        LabJournal.SELECT
                                + "WHERE number = (SELECT max(number) FROM message WHERE file_name = ?) AND state <> 'FAILED'",
                        fileName)
                .stream()
                .findFirst();
    }

    /** The place of a message's file: in {@code sent/} once it was sent, in the work folder before. */
    public Path kept(OutgoingMessage message) {
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
