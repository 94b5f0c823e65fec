package io.saddlebag.cli.where;

import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The reports of several places on one message and one recipient, in the order of {@link Records#rank}. */
final class Course {
    private final SiteId recipient;
    private final Map<Step.Kind, Step> steps = new EnumMap<>(Step.Kind.class);
    private boolean isReceived;
    private boolean isAlive;
    private Sha256 contentHmac;
    private boolean needsReceipt;
    private String why;
    private Place whyFrom;

    /** The places that say why a message waits; the later on its way knows more. */
    enum Place {
        SENDER,
        HEADQUARTERS,
        RECIPIENT
    }

    Course(SiteId recipient) {
        this.recipient = recipient;
    }

    /**
     * The sender knows what others do not, and tells first.
     *
     * @param hmac of the content, which a receipt must have
     * @param receipt whether the recipient has it only when its receipt says so; headquarters' word does otherwise
     */
    void expect(Sha256 hmac, boolean receipt) {
        contentHmac = hmac;
        needsReceipt = receipt;
    }

    /** That a receipt must have; null where the content is not known. */
    Sha256 contentHmac() {
        return contentHmac;
    }

    /** Headquarters' own time of it replaces that of its answer at the sender. */
    void confirmed(Instant time, String headquarters, String note) {
        steps.put(Step.Kind.CONFIRMED, new Step(Step.Kind.CONFIRMED, time, headquarters, Step.Basis.WORD, note));
    }

    /** The best believed report on a step gives its time; a place within another is the better one. */
    void add(Step.Kind kind, Instant time, String place, Step.Basis basis, String note) {
        steps.merge(kind, new Step(kind, time, place, basis, note), Course::joined);
    }

    private static Step joined(Step first, Step other) {
        boolean isBetter = other.basis().compareTo(first.basis()) < 0;
        return new Step(
                first.kind(),
                isBetter && other.time() != null || first.time() == null ? other.time() : first.time(),
                other.place().startsWith(first.place()) ? other.place() : first.place(),
                isBetter ? other.basis() : first.basis(),
                isBetter && other.note() != null || first.note() == null ? other.note() : first.note());
    }

    /** The recipient has it, as far as that place can know. */
    void received() {
        isReceived = true;
    }

    /** Headquarters says that the recipient has it, and has no receipt. */
    void receivedByWord() {
        isReceived |= !needsReceipt;
    }

    /** Headquarters has it waiting now, whatever was said of its end before. */
    void alive() {
        isAlive = true;
    }

    void why(Place from, String sentence) {
        if (sentence != null && (whyFrom == null || from.compareTo(whyFrom) >= 0)) {
            why = sentence;
            whyFrom = from;
        }
    }

    Timeline timeline() {
        List<Step> shown = new ArrayList<>(steps.values());
        if (isReceived || isAlive) {
            shown.removeIf(step -> step.kind().isEnd());
        }
        boolean isEnded = shown.stream().anyMatch(step -> step.kind().isEnd());
        Timeline.State state =
                isReceived ? Timeline.State.RECEIVED : isEnded ? Timeline.State.FAILED : Timeline.State.UNDER_WAY;
        return new Timeline(recipient, state, isReceived ? null : why, shown);
    }
}
