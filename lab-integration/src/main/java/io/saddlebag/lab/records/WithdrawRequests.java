package io.saddlebag.lab.records;

import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.message.MessageId;
import java.util.List;

/**
 * The requests of an operator to take back messages that headquarters has not confirmed. The journal keeps each until its
 * message is settled. From the request on the message is not signed any more. For any number of threads and processes.
 */
public final class WithdrawRequests {
    /** One that is sent again was confirmed before: recipients may have it. */
    private static final String UNSETTLED = " state IN ('CLAIMED', 'SEALED') AND resent = 0";

    private final LabJournal journal;

    public WithdrawRequests(LabJournal journal) {
        this.journal = journal;
    }

    /**
     * Asks for a message that is not settled; a second request changes nothing.
     *
     * @return whether there is such a message
     */
    public boolean ask(MessageId messageId, String reason) {
        return !journal.queryInTurn(
                        "UPDATE message SET withdraw_reason = coalesce(withdraw_reason, ?) WHERE message_id = ? AND"
                                + UNSETTLED + " RETURNING number",
                        row -> row.getLong(1),
                        reason,
                        messageId.value())
                .isEmpty();
    }

    /** The messages that are asked for and not settled yet, without those that are still moved into the work folder. */
    public List<OutgoingMessage> open() {
        return journal.resting(journal.messages(
                LabJournal.SELECT + "WHERE withdraw_reason IS NOT NULL AND" + UNSETTLED + " ORDER BY number"));
    }

    /** Why a message is to be taken back; null when nobody asked for it. */
    public String reason(long number) {
        return journal.value("SELECT withdraw_reason FROM message WHERE number = ?", row -> row.getString(1), number);
    }
}
