package io.saddlebag.cli.where;

import io.saddlebag.message.SiteId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The reports of several places on one message and one recipient. Those come first that know most of where it was. */
final class Course {
    private final SiteId recipient;
    private final Map<Step.Kind, Step> steps = new EnumMap<>(Step.Kind.class);
    private boolean isReceived;
    private boolean isAlive;
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

    /** The first report on a step gives its place, the best one why it is believed. */
    void add(Step.Kind kind, Instant time, String place, Step.Basis basis, String note) {
        steps.merge(kind, new Step(kind, time, place, basis, note), Course::joined);
    }

    private static Step joined(Step first, Step other) {
        boolean isBetter = other.basis().compareTo(first.basis()) < 0;
        return new Step(
                first.kind(),
                first.time() == null ? other.time() : first.time(),
                first.place(),
                isBetter ? other.basis() : first.basis(),
                isBetter && other.note() != null || first.note() == null ? other.note() : first.note());
    }

    /** The recipient has it, as far as that place can know. */
    void received() {
        isReceived = true;
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
