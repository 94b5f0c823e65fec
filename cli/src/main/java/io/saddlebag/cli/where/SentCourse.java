package io.saddlebag.cli.where;

import io.saddlebag.audit.ReceiptProof;
import io.saddlebag.cli.where.Course.Place;
import io.saddlebag.cli.where.Step.Basis;
import io.saddlebag.cli.where.Step.Kind;
import io.saddlebag.lab.receipts.SentReceipts;
import io.saddlebag.lab.receipts.SentVerdict;
import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.SiteId;
import io.saddlebag.message.verdict.Verdict;
import io.saddlebag.where.HeldDelivery;
import java.util.Optional;

/**
 * The knowledge of a laboratory of a message behind headquarters: the receipts that it has verified and kept, and headquarters'
 * word. A receipt that holds is the best; then what headquarters says now; then what it said before.
 */
record SentCourse(LinkedRecords records, MessageId messageId) {
    void tell(Course course, SiteId recipient, Optional<SentReceipts> receipts) {
        SentReceipts.Recipient kept = receipts.flatMap(file -> file.recipients().stream()
                        .filter(each -> each.receiverClientId().equals(recipient))
                        .findFirst())
                .orElse(null);
        Optional<HeldDelivery> held = records.held(messageId).stream()
                .filter(each -> each.receiverClientId().equals(recipient))
                .findFirst();
        boolean wordCounts = kept != null && !kept.signsReceipts();
        course.expect(course.contentHmac(), !wordCounts);
        if (kept != null && kept.receipt() != null) {
            receipt(course, receipts.get(), kept);
        }
        if (kept != null && kept.verdict() != null) {
            verdict(course, receipts.get(), kept);
        }
        if (held.isPresent()) {
            records.course().tell(course, held.get(), wordCounts);
            if (kept != null
                    && kept.detail() != null
                    && kept.state().equals(held.get().state())) {
                course.why(
                        Place.HEADQUARTERS,
                        "it is " + kept.state() + " at " + records.headquarters() + ": " + kept.reason() + "; "
                                + recipient + " says: " + kept.detail());
            }
        } else {
            said(course, recipient, kept, wordCounts);
        }
    }

    private void receipt(Course course, SentReceipts file, SentReceipts.Recipient kept) {
        ReceiptProof.Judgement judged = new ReceiptProof(records.proofs().trust()).judge(file, kept);
        String recipient = kept.receiverClientId().value();
        if (judged.holds()) {
            String asOf = judged.asOf() == null ? "" : " as of " + TimeText.of(judged.asOf());
            course.add(Kind.OPENED, judged.received(), recipient, Basis.PROVED, null);
            course.add(Kind.ACKNOWLEDGED, kept.time(), recipient, Basis.PROVED, "its signed receipt holds" + asOf);
            course.received();
        } else {
            course.add(
                    Kind.ACKNOWLEDGED,
                    kept.time(),
                    recipient,
                    Basis.WORD,
                    "its receipt does not hold: " + judged.fault());
        }
    }

    private void verdict(Course course, SentReceipts file, SentReceipts.Recipient kept) {
        SentVerdict verdict = kept.verdict();
        if (verdict.fault() != null) {
            records.note("the verdict of " + kept.receiverClientId() + " on " + messageId + " does not hold: "
                    + verdict.fault());
            return;
        }
        ReceiptProof.Judgement judged = new ReceiptProof(records.proofs().trust()).judgeVerdict(file, kept);
        course.add(
                verdict.kind().equals(Verdict.REJECTED) ? Kind.REJECTED : Kind.ACCEPTED,
                verdict.verdictTimestamp(),
                kept.receiverClientId().value(),
                judged.holds() ? Basis.PROVED : Basis.WORD,
                verdict.words());
    }

    private void said(Course course, SiteId recipient, SentReceipts.Recipient kept, boolean wordCounts) {
        String headquarters = records.headquarters().value();
        String state = kept == null ? "" : kept.state();
        switch (state) {
            case DeliveryOutcome.DEAD_LETTERED -> ended(course, kept, Kind.DEAD_LETTERED);
            case DeliveryOutcome.DISCARDED -> ended(course, kept, Kind.DISCARDED);
            case DeliveryOutcome.EXPIRED -> ended(course, kept, Kind.EXPIRED);
            case DeliveryOutcome.UNKNOWN -> {
                course.add(Kind.LOST, kept.time(), headquarters, Basis.WORD, null);
                course.why(Place.SENDER, headquarters + " lost it, and it was not sent again");
            }
            case SentReceipts.WORD -> {
                course.add(Kind.ACKNOWLEDGED, kept.time(), recipient.value(), Basis.WORD, null);
                if (wordCounts) {
                    course.received();
                }
                course.why(
                        Place.SENDER,
                        headquarters + " says that " + recipient + " has it; the signed receipt of " + recipient
                                + " has not come");
            }
            default -> {
                String overtaken = kept == null || kept.overtakenTimestamp() == null
                        ? ""
                        : "; " + recipient + " has had later messages since before "
                                + TimeText.of(kept.overtakenTimestamp());
                String standstill = records.standstill();
                course.why(
                        Place.SENDER,
                        headquarters + " has it for " + recipient + ", whose receipt has not come" + overtaken
                                + (standstill.isEmpty() ? "" : "; " + standstill));
            }
        }
    }

    private void ended(Course course, SentReceipts.Recipient kept, Kind kind) {
        String reason = kept.reason() + (kept.detail() == null ? "" : "; " + kept.detail());
        course.add(kind, kept.time(), records.headquarters().value(), Basis.WORD, reason);
        course.why(Place.SENDER, "it is " + kind + " at " + records.headquarters() + ": " + reason);
    }
}
