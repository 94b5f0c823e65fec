package io.saddlebag.observe.alert;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * A state that a rule found in one look.
 *
 * @param labels with the name they tell it from others: a route, a queue, a site
 * @param since null when it is not known, so that it begins with the first look that finds it
 * @param hold how long it must last before its alert begins
 * @param summary a sentence for people
 */
record Condition(AlertRule rule, Map<String, String> labels, Instant since, Duration hold, String summary) {
    Condition {
        labels = new TreeMap<>(labels);
    }

    /** Equal for the same alert in two looks. */
    record Key(String name, Map<String, String> labels) {}

    Key key() {
        return new Key(rule.text(), labels);
    }
}
