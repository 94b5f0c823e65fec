package io.saddlebag.hq.routing;

import io.saddlebag.site.Setting.Kind;
import io.saddlebag.site.Settings;
import io.saddlebag.site.YamlFile;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads what topology.yaml says of a queue beyond its name and site. For one file; not for several threads. */
final class QueueRulesReader {
    static final Set<String> FIELDS = Set.of(
            "ordered", "ttl", "delivery_limit", "redelivery_delay", "redelivery_max", "max_messages", "max_bytes");

    private final YamlFile yaml;

    QueueRulesReader(YamlFile yaml) {
        this.yaml = yaml;
    }

    QueueRules read(Map<String, Node> fields) {
        QueueRules usual = QueueRules.DEFAULT;
        String ordered = yaml.value(fields, "ordered", Kind.SWITCH);
        String limit = yaml.value(fields, "delivery_limit", Kind.COUNT);
        String messages = yaml.value(fields, "max_messages", Kind.COUNT);
        String bytes = yaml.value(fields, "max_bytes", Kind.BYTES);
        Duration ttl = duration(fields, "ttl", null);
        Duration delay = duration(fields, "redelivery_delay", usual.redeliveryDelay());
        Duration max = duration(
                fields, "redelivery_max", delay.compareTo(usual.redeliveryMax()) > 0 ? delay : usual.redeliveryMax());
        if (max.compareTo(delay) < 0) {
            yaml.fault(
                    fields.get("redelivery_max"),
                    "expected redelivery_max to be redelivery_delay or longer, found a shorter time. Correct one of them");
        }
        return new QueueRules(
                Boolean.parseBoolean(ordered),
                ttl,
                limit == null ? usual.deliveryLimit() : Integer.parseInt(limit),
                delay,
                max,
                messages == null ? usual.maxMessages() : Long.parseLong(messages),
                bytes == null ? usual.maxBytes() : Settings.bytesOf(bytes));
    }

    /** A time that is longer than nothing. */
    private Duration duration(Map<String, Node> fields, String name, Duration otherwise) {
        String value = yaml.value(fields, name, Kind.DURATION);
        if (value == null) {
            return otherwise;
        }
        Duration duration = Settings.durationOf(value);
        if (duration.isZero()) {
            yaml.fault(
                    fields.get(name),
                    "expected " + name + " to be longer than 0, found '" + value + "'. Leave it out for what is usual");
            return otherwise;
        }
        return duration;
    }
}
