package io.saddlebag.lab.resend;

import io.saddlebag.lab.message.ContentDigest;
import io.saddlebag.lab.message.FileLook;
import io.saddlebag.lab.receipts.ReceiptFiles;
import io.saddlebag.lab.receipts.SentReceipts;
import io.saddlebag.lab.records.LabFolders;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.lab.records.ResendRecords.Sent;
import io.saddlebag.log.RepeatedFaults;
import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a message again that headquarters confirmed and now does not have. Its file goes from {@code sent/} back into the
 * work folder, and the message is claimed as before: same id, same claim, a new seal and new places in the sequences. A
 * recipient that has it acknowledges it without writing it again. For the thread of receipts.
 */
public final class Resends {
    private static final Logger LOG = LoggerFactory.getLogger(Resends.class);
    /** A headquarters that loses a message again and again is not served without end. */
    private static final int MOST = 3;

    private final LabJournal journal;
    private final LabFolders folders;
    private final ReceiptFiles receipts;
    private final LongConsumer appeared;
    /** Messages that an operator wants to be sent again. */
    private final Set<MessageId> wanted = ConcurrentHashMap.newKeySet();

    private final RepeatedFaults losses = new RepeatedFaults();

    /** @param appeared takes the number of each message that is claimed again */
    public Resends(LabJournal journal, LabFolders folders, ReceiptFiles receipts, LongConsumer appeared) {
        this.journal = journal;
        this.folders = folders;
        this.receipts = receipts;
        this.appeared = appeared;
    }

    /**
     * Headquarters does not have a message. One that was discarded there is not sent again by itself: an operator wanted
     * that a recipient does not get it.
     *
     * @return true if its outcomes stay as they are known: it is sent again, or it was given up before
     */
    public boolean lost(MessageId messageId) {
        boolean isWanted = wanted.remove(messageId);
        Sent sent = journal.resends().lacking(messageId).orElse(null);
        if (sent == null) {
            return false;
        }
        if (!isWanted && isGivenUp(messageId)) {
            return true;
        }
        if (sent.resent() >= MOST && !isWanted) {
            notSent(messageId, "it was sent " + sent.resent() + " times more and lost each time");
            return false;
        }
        try {
            claimAgain(sent);
        } catch (NoSuchFileException e) {
            notSent(messageId, "its file is not in sent/ any more");
            return false;
        } catch (Refusal e) {
            notSent(messageId, e.reason());
            return false;
        } catch (IOException e) {
            notSent(messageId, String.valueOf(e.getMessage()));
            return false;
        }
        losses.occurred("lost")
                .ifPresent(repeats -> LOG.warn(
                        "{}: headquarters confirmed it and does not have it now, as after a restored back-up; it is sent"
                                + " again{}. Ask headquarters whether its records were restored or lost",
                        messageId,
                        repeats));
        LOG.debug("{}: claimed again, to be sent a second time", messageId);
        appeared.accept(sent.number());
        return true;
    }

    private boolean isGivenUp(MessageId messageId) {
        List<SentReceipts.Recipient> recipients;
        try {
            recipients = receipts.read(messageId).map(SentReceipts::recipients).orElse(List.of());
        } catch (IOException e) {
            notSent(messageId, "its receipts cannot be read: " + e.getMessage());
            return true;
        }
        if (recipients.stream()
                .anyMatch(each -> !each.isFinal() && !each.state().equals(DeliveryOutcome.EXPIRED))) {
            Optional<SiteId> without = recipients.stream()
                    .filter(SentReceipts.Recipient::isDiscarded)
                    .map(SentReceipts.Recipient::receiverClientId)
                    .findFirst();
            without.ifPresent(site -> notSent(messageId, "it was discarded there for " + site));
            return without.isPresent();
        }
        return !recipients.isEmpty();
    }

    private void notSent(MessageId messageId, String why) {
        losses.occurred("not sent: " + RepeatedFaults.kindOf(why))
                .ifPresent(repeats -> LOG.error(
                        "{}: headquarters confirmed it, and now does not have it; not sent again by itself: {}{}. Ask"
                                + " headquarters, put the file back as it was sent, and run saddlebag resend",
                        messageId,
                        Printable.whole(why),
                        repeats));
    }

    /** The file first, then the row: after a crash in between the next start gives the file back to {@code sent/}. */
    private void claimAgain(Sent sent) throws IOException {
        if (sent.keptAs() == null) {
            throw new IOException("its file was not kept in sent/");
        }
        folders.requireWork();
        Path kept = folders.sent().resolve(sent.keptAs());
        FileLook look = requireAsSent(kept, sent);
        Path content = folders.content(sent.messageId());
        if (Files.exists(content, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(content.toString(), null, "look at it by hand");
        }
        LabFolders.move(kept, content);
        try {
            receipts.setAside(sent.messageId());
            journal.resends().claimedAgain(sent, look);
        } catch (IOException | RuntimeException e) {
            LabFolders.move(content, kept);
            throw e;
        }
    }

    private static FileLook requireAsSent(Path kept, Sent sent) throws IOException {
        FileLook look = FileLook.of(kept);
        if (!look.isAsIn(sent.look()) && !ContentDigest.of(kept).sha256().equals(sent.sha256())) {
            throw new IOException("its file " + kept + " was changed since it was sent");
        }
        return look;
    }

    /** An operator wants these to be sent again when headquarters does not have them. */
    void wanted(Collection<MessageId> messageIds) {
        wanted.addAll(messageIds);
    }

    /** @return true if headquarters has not said since that it lacks the message */
    boolean isStillWanted(MessageId messageId) {
        return wanted.remove(messageId);
    }
}
