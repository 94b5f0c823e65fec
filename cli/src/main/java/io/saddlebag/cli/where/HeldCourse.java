package io.saddlebag.cli.where;

import io.saddlebag.cli.where.Course.Place;
import io.saddlebag.cli.where.Step.Basis;
import io.saddlebag.cli.where.Step.Kind;
import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.SiteId;
import io.saddlebag.where.HeldDelivery;

/**
 * Turns a row of headquarters' records into steps.
 *
 * @param headquarters which one
 * @param proofs verifies the receipts
 * @param status of headquarters itself, or of the site that asked it
 */
record HeldCourse(SiteId headquarters, Proofs proofs, StatusFile status) {
    /** @param wordCounts whether headquarters' word is all that can come, unless the sender says that a receipt must */
    void tell(Course course, HeldDelivery held, boolean wordCounts) {
        String queue = headquarters + (held.queueName() == null ? "" : ", " + held.queueName());
        course.confirmed(held.receivedTime(), headquarters.value(), held.size() + " bytes sealed");
        if (held.deliveredTime() != null) {
            String attempts = held.attempts() > 1 ? held.attempts() + " times, last at that time" : null;
            course.add(Kind.DELIVERED, held.deliveredTime(), queue, Basis.WORD, attempts);
        }
        switch (held.state()) {
            case DeliveryOutcome.ACKNOWLEDGED -> acknowledged(course, held, wordCounts);
            case DeliveryOutcome.DEAD_LETTERED -> ended(course, held, Kind.DEAD_LETTERED, queue);
            case DeliveryOutcome.DISCARDED -> ended(course, held, Kind.DISCARDED, queue);
            case DeliveryOutcome.EXPIRED -> ended(course, held, Kind.EXPIRED, queue);
            default -> waits(course, held);
        }
    }

    private void acknowledged(Course course, HeldDelivery held, boolean wordCounts) {
        SiteId receiver = held.receiverClientId();
        if (held.receipt() == null) {
            course.add(Kind.ACKNOWLEDGED, held.time(), receiver.value(), Basis.WORD, null);
            if (wordCounts) {
                course.receivedByWord();
            }
            course.why(
                    Place.HEADQUARTERS,
                    headquarters + " says that " + receiver + " has it; the signed receipt of " + receiver
                            + " has not come");
            return;
        }
        Proofs.Receipt receipt =
                proofs.receipt(held.receipt(), held.messageId(), receiver, held.manifestSha256(), course.contentHmac());
        if (receipt.holds()) {
            course.add(Kind.OPENED, receipt.received(), receiver.value(), Basis.PROVED, null);
            course.add(Kind.ACKNOWLEDGED, held.time(), receiver.value(), Basis.PROVED, "its signed receipt holds");
            course.received();
        } else {
            String fault = "its receipt does not hold: " + receipt.fault();
            course.add(Kind.ACKNOWLEDGED, held.time(), receiver.value(), Basis.WORD, fault);
            course.why(Place.HEADQUARTERS, headquarters + " says that " + receiver + " has it; " + fault);
        }
    }

    private void ended(Course course, HeldDelivery held, Kind kind, String place) {
        course.add(kind, held.time(), place, Basis.WORD, held.reason());
        String reason = held.reason() == null ? "" : ": " + held.reason();
        course.why(Place.HEADQUARTERS, "it is " + kind + " at " + headquarters + reason);
    }

    private void waits(Course course, HeldDelivery held) {
        course.alive();
        SiteId receiver = held.receiverClientId();
        if (held.state().equals(HeldDelivery.DOUBTFUL)) {
            course.why(
                    Place.HEADQUARTERS,
                    "its sealed form is missing or damaged at " + headquarters + " since "
                            + TimeText.of(held.time()) + "; "
                            + held.messageId().sender() + " is to send it again");
            return;
        }
        String back = held.attempts() == 0
                ? ""
                : "; it came back " + (held.attempts() == 1 ? "once" : held.attempts() + " times")
                        + (held.lastError() == null ? "" : ", last: " + held.lastError());
        String away = status.away(receiver);
        course.why(
                Place.HEADQUARTERS,
                "waits at " + headquarters + " until " + receiver + " has taken it" + back
                        + (away.isEmpty() ? "" : "; " + away));
    }
}
