package io.saddlebag.lab.drop;

import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.Objects;

/**
 * Refuses corrections ({@code _r2}, {@code _r3}, ...) of messages that this laboratory never took: the two files of paired
 * reads have such names too.
 */
final class Corrections {
    private final LabJournal journal;

    Corrections(LabJournal journal) {
        this.journal = Objects.requireNonNull(journal, "journal");
    }

    /** @throws Refusal {@code BAD_NAME} of a correction when the journal knows neither the message nor an earlier correction */
    void requireKnown(MessageId correction) {
        if (correction.revision() > 1 && !isKnown(correction)) {
            MessageId first = correction.first();
            throw new Refusal(
                    Refusal.Code.BAD_NAME,
                    "Expected in _r" + correction.revision()
                            + " a correction of a message that this laboratory took, found "
                            + "no " + first + " in its journal. " + pairedReads(first)
                            + ". A true correction is dropped after the message that it corrects");
        }
    }

    /** What to do with paired reads, in an order. */
    static String pairedReads(MessageId first) {
        return "Paired reads are no corrections: name them " + first + ".r1.fastq.gz and " + first
                + ".r2.fastq.gz and drop them into a folder whose route has group: stem, which sends them as one message;"
                + " or give each a SEQ of its own";
    }

    private boolean isKnown(MessageId correction) {
        String first = correction.first().value();
        return journal.with(connection -> {
            try (PreparedStatement select = connection.prepareStatement("SELECT message_id FROM message"
                    + " WHERE (message_id = ? OR (message_id > ? AND message_id < ?)) AND state <> 'FAILED'")) {
                select.setString(1, first);
                select.setString(2, first + "_r");
                select.setString(3, first + "_s");
                try (ResultSet row = select.executeQuery()) {
                    boolean isKnown = false;
                    while (row.next() && !isKnown) {
                        isKnown = MessageId.of(row.getString(1)).revision() < correction.revision();
                    }
                    return isKnown;
                }
            }
        });
    }
}
