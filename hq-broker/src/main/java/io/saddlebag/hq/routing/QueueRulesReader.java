package io.saddlebag.hq.routing;

import io.saddlebag.message.Printable;
import io.saddlebag.site.Setting.Kind;
import io.saddlebag.site.Settings;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.nodes.Node;

/** Reads what topology.yaml says of a queue beyond its name and site. For one file; not for several threads. */
final class QueueRulesReader {
    static final Set<String> FIELDS = Set.of("ordered", "ttl", "delivery_limit", "redelivery_delay", "redelivery_max");

    private final YamlTree yaml;

    QueueRulesReader(YamlTree yaml) {
        this.yaml = yaml;
    }

    QueueRules read(Map<String, Node> fields) {
        QueueRules usual = QueueRules.DEFAULT;
        String ordered = value(fields, "ordered", Kind.SWITCH);
        String limit = value(fields, "delivery_limit", Kind.COUNT);
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
                usual.maxMessages(),
                usual.maxBytes());
    }

    /** A time that is longer than nothing. */
    private Duration duration(Map<String, Node> fields, String name, Duration otherwise) {
        String value = value(fields, name, Kind.DURATION);
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

    private String value(Map<String, Node> fields, String name, Kind kind) {
        Node node = fields.get(name);
        String value = yaml.text(node, kind.description());
        if (value == null || Settings.fits(kind, value)) {
            return value;
        }
        yaml.fault(
                node,
                "expected for " + name + " " + kind.description() + ", found '" + Printable.of(value)
                        + "'. Correct the value or leave it out");
        return null;
    }
}
