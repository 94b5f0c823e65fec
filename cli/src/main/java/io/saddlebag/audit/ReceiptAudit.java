package io.saddlebag.audit;

import io.saddlebag.identity.Trust;
import io.saddlebag.lab.receipts.SentReceipts;
import io.saddlebag.lab.receipts.SentVerdict;
import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.Printable;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;

/**
 * Checks the receipts of messages that a laboratory sent. A signed receipt proves; headquarters' word in its place is
 * enough for a while, or for good of a recipient that signs none. For one thread.
 */
final class ReceiptAudit {
    private final SiteHome home;
    private final SiteAccount account;
    private final Duration within;
    private final Clock clock;
    private ReceiptProof proof;

    /** @param within how long a receipt may be lacking after headquarters' word */
    ReceiptAudit(SiteHome home, SiteAccount account, Duration within, Clock clock) {
        this.home = Objects.requireNonNull(home, "home");
        this.account = Objects.requireNonNull(account, "account");
        this.within = Objects.requireNonNull(within, "within");
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    /** @param sent a message that headquarters confirmed */
    void check(ClaimedFile sent) throws IOException {
        String name = sent.messageId() + SentReceipts.SUFFIX;
        Path file = home.resolve("sent").resolve(name);
        String where = Printable.of("sent/" + name);
        if (!Files.exists(file)) {
            if (sent.receipted()) {
                account.find(sent.messageId(), "expected its receipts in " + where + ", found no such file");
            }
            return;
        }
        SentReceipts receipts;
        try {
            receipts = ReceiptProof.read(file);
        } catch (IllegalArgumentException e) {
            account.find(sent.messageId(), where + " cannot be read: " + e.getMessage());
            return;
        }
        account.compare(sent.messageId(), "a manifest in " + where, sent.manifestSha256(), receipts.manifestSha256());
        account.compare(sent.messageId(), "a file in " + where, sent.sha256(), receipts.sha256());
        if (sent.receipted() && !receipts.isComplete()) {
            account.find(
                    sent.messageId(), "expected every receipt in " + where + ", as the journal has it, found fewer");
        }
        for (SentReceipts.Recipient recipient : receipts.recipients()) {
            if (recipient.receipt() != null) {
                checkReceipt(sent, receipts, recipient);
            }
            if (recipient.verdict() != null) {
                checkVerdict(sent, receipts, recipient);
            }
            checkState(sent, recipient);
        }
    }

    private void checkReceipt(ClaimedFile sent, SentReceipts receipts, SentReceipts.Recipient recipient)
            throws IOException {
        ReceiptProof.Judgement judgement = proof().judge(receipts, recipient);
        if (!judgement.holds()) {
            account.find(
                    sent.messageId(),
                    "the receipt of " + recipient.receiverClientId() + " does not hold: " + judgement.fault());
            return;
        }
        account.count("signed receipts");
        if (judgement.asOf() != null) {
            account.count("of these hold as of when they were verified");
        }
    }

    private ReceiptProof proof() throws IOException {
        if (proof == null) {
            proof = new ReceiptProof(Trust.load(home.identity(), clock));
        }
        return proof;
    }

    private void checkVerdict(ClaimedFile sent, SentReceipts receipts, SentReceipts.Recipient recipient)
            throws IOException {
        SentVerdict verdict = recipient.verdict();
        String fault = verdict.fault() == null
                ? proof().judgeVerdict(receipts, recipient).fault()
                : verdict.fault();
        if (fault == null) {
            account.count(verdict.kind() + " by recipients");
        } else {
            account.find(
                    sent.messageId(), "the verdict of " + recipient.receiverClientId() + " does not hold: " + fault);
        }
    }

    private void checkState(ClaimedFile sent, SentReceipts.Recipient recipient) {
        boolean isAcknowledged = recipient.state().equals(DeliveryOutcome.ACKNOWLEDGED);
        if (recipient.state().equals(DeliveryOutcome.UNKNOWN)) {
            account.find(
                    sent.messageId(),
                    "expected headquarters to have it for " + recipient.receiverClientId()
                            + ", being sent, found that it says it has not" + Resend.of(sent.messageId()));
        } else if (isAcknowledged && recipient.receipt() == null) {
            account.find(
                    sent.messageId(),
                    "expected the signed receipt of " + recipient.receiverClientId()
                            + ", being acknowledged, found none");
        } else if (recipient.isDiscarded()) {
            account.count("discarded by headquarters' operator");
        } else if (recipient.isWord()) {
            checkWord(sent, recipient);
        }
    }

    private void checkWord(ClaimedFile sent, SentReceipts.Recipient recipient) {
        if (!recipient.signsReceipts()) {
            account.count("by headquarters' word for good");
        } else if (recipient.toldTimestamp() != null
                && clock.instant().isBefore(recipient.toldTimestamp().plus(within))) {
            account.count("receipts pending");
        } else {
            account.find(
                    sent.messageId(),
                    "expected a signed receipt of " + recipient.receiverClientId() + " within " + within.toSeconds()
                            + " s, found headquarters' word alone since " + recipient.toldTimestamp());
        }
    }
}
