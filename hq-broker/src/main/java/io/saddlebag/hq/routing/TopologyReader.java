package io.saddlebag.hq.routing;

import io.saddlebag.hq.routing.Topology.SiteLimits;
import io.saddlebag.message.Printable;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.Setting.Kind;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.site.YamlFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Reads topology.yaml: {@code exchanges}, {@code queues}, {@code bindings} and {@code sites}. A file
 * must declare all that it names, in valid shape. All faults are reported together, each with its line. For one file; not
 * thread-safe.
 */
final class TopologyReader {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private static final Set<String> RULES = Set.of(
            "ordered", "ttl", "delivery_limit", "redelivery_delay", "redelivery_max", "max_messages", "max_bytes");
    private static final String LIST = "a list such as [a, b]";

    private final YamlFile yaml;
    private final Map<String, Map<String, List<String>>> bindings = new LinkedHashMap<>();
    private final Map<String, SiteId> queues = new LinkedHashMap<>();
    private final Map<String, QueueRules> rules = new LinkedHashMap<>();
    private final Map<SiteId, Set<String>> publishers = new LinkedHashMap<>();
    private final Map<SiteId, Set<String>> consumers = new LinkedHashMap<>();
    private final Map<SiteId, SiteLimits> limits = new LinkedHashMap<>();

    private TopologyReader(YamlFile yaml) {
        this.yaml = yaml;
    }

    /**
     * @param place the file, as errors name it
     * @throws SiteStartException when anything in it is wrong; one line a fault, with file, line and remedy
     */
    static Topology read(String place, String text) throws SiteStartException {
        List<String> faults = new ArrayList<>();
        YamlFile yaml = new YamlFile(place, faults);
        TopologyReader reader = new TopologyReader(yaml);
        List<Node> documents = yaml.documents(text);
        documents.forEach(reader::readRoot);
        if (documents.size() != 1 && faults.isEmpty()) {
            faults.add(place + ":1: expected exchanges, queues, bindings and sites in one document, found "
                    + (documents.isEmpty() ? "an empty file" : "several"));
        }
        if (!faults.isEmpty()) {
            throw new SiteStartException(String.join(System.lineSeparator(), faults));
        }
        return new Topology(
                reader.bindings, reader.queues, reader.rules, reader.publishers, reader.consumers, reader.limits);
    }

    private void readRoot(Node root) {
        Map<String, Node> sections = yaml.mapping(root, Set.of("exchanges", "queues", "bindings", "sites"), Set.of());
        for (Node exchange : yaml.sequence(sections.get("exchanges"), LIST)) {
            String name = name(exchange, "an exchange's name");
            if (name != null && bindings.putIfAbsent(name, new LinkedHashMap<>()) != null) {
                yaml.fault(exchange, "expected each exchange once, found " + name + " again. Remove one");
            }
        }
        yaml.sequence(sections.get("queues"), LIST).forEach(this::readQueue);
        yaml.sequence(sections.get("bindings"), LIST).forEach(this::readBinding);
        yaml.sequence(sections.get("sites"), LIST).forEach(this::readSite);
        if (sections.get("sites") != null) {
            checkThatEveryQueueHasItsSite(sections.get("sites"));
        }
    }

    private void readQueue(Node node) {
        Map<String, Node> fields = yaml.mapping(node, Set.of("name", "site"), RULES);
        String name = name(fields.get("name"), "a queue's name");
        SiteId site = site(fields.get("site"));
        if (name == null || site == null) {
            return;
        }
        rules.putIfAbsent(name, rules(fields));
        if (queues.putIfAbsent(name, site) != null) {
            yaml.fault(node, "expected each queue once, found " + name + " again. Remove one");
        }
    }

    private QueueRules rules(Map<String, Node> fields) {
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

    private void readBinding(Node node) {
        Map<String, Node> fields = yaml.mapping(node, Set.of("exchange", "routing_key", "queue"), Set.of());
        String exchange = declared(fields.get("exchange"), bindings.keySet(), "exchange", "exchanges");
        String key = name(fields.get("routing_key"), "a routing key");
        String queue = declared(fields.get("queue"), queues.keySet(), "queue", "queues");
        if (exchange == null || key == null || queue == null) {
            return;
        }
        List<String> bound = bindings.get(exchange).computeIfAbsent(key, unused -> new ArrayList<>());
        if (bound.contains(queue)) {
            yaml.fault(node, "expected each binding once, found " + key + " to " + queue + " again. Remove one");
        } else {
            bound.add(queue);
        }
    }

    private void readSite(Node node) {
        Map<String, Node> fields = yaml.mapping(
                node, Set.of("id"), Set.of("publish", "consume", "rate", "connections", "in_flight_bytes"));
        SiteId site = site(fields.get("id"));
        Set<String> publish = new LinkedHashSet<>();
        for (Node each : yaml.sequence(fields.get("publish"), LIST)) {
            String exchange = declared(each, bindings.keySet(), "exchange", "exchanges");
            if (exchange != null) {
                publish.add(exchange);
            }
        }
        Set<String> consume = new LinkedHashSet<>();
        for (Node each : yaml.sequence(fields.get("consume"), LIST)) {
            String queue = declared(each, queues.keySet(), "queue", "queues");
            if (queue == null || site == null) {
                continue;
            }
            if (!site.equals(queues.get(queue))) {
                yaml.fault(
                        each,
                        "expected " + site + " to consume its own queues only, found " + queue + " of "
                                + queues.get(queue) + ". Correct the queue's site or remove it here");
            }
            consume.add(queue);
        }
        if (site != null && publishers.putIfAbsent(site, Set.copyOf(publish)) != null) {
            yaml.fault(node, "expected each site once, found " + site + " again. Put both into one");
        } else if (site != null) {
            consumers.put(site, Set.copyOf(consume));
            limits.put(site, limits(fields));
        }
    }

    private SiteLimits limits(Map<String, Node> fields) {
        String rate = yaml.value(fields, "rate", Kind.COUNT);
        String connections = yaml.value(fields, "connections", Kind.COUNT);
        String bytes = yaml.value(fields, "in_flight_bytes", Kind.BYTES);
        return new SiteLimits(
                rate == null ? 0 : Integer.parseInt(rate),
                connections == null ? 0 : Integer.parseInt(connections),
                bytes == null ? 0 : Settings.bytesOf(bytes));
    }

    private void checkThatEveryQueueHasItsSite(Node sites) {
        queues.forEach((queue, site) -> {
            if (!consumers.getOrDefault(site, Set.of()).contains(queue)) {
                yaml.fault(
                        sites,
                        "expected a site that consumes " + queue + ", found none, so nothing would ever leave it. Add"
                                + " {id: " + site + ", consume: [" + queue + "]}");
            }
        });
    }

    private String declared(Node node, Set<String> declared, String what, String section) {
        String name = name(node, "the name of one of the " + section);
        if (name == null || declared.contains(name)) {
            return name;
        }
        yaml.fault(
                node,
                "expected one of the " + section + " (" + String.join(", ", declared) + "), found '"
                        + Printable.of(name) + "'. Declare the " + what + " under " + section + " or correct the name");
        return null;
    }

    private String name(Node node, String what) {
        String value = yaml.word(node, what);
        if (value != null && !NAME.matcher(value).matches()) {
            yaml.fault(
                    node,
                    "expected " + what + " of 1 to 64 letters, digits, dots, hyphens and underscores, found '"
                            + Printable.of(value) + "'. Correct the name");
            return null;
        }
        return value;
    }

    private SiteId site(Node node) {
        String value = yaml.word(node, "a site id such as FL-LAB");
        if (value == null) {
            return null;
        }
        try {
            return SiteId.of(value);
        } catch (IllegalArgumentException e) {
            yaml.fault(node, e.getMessage() + ". Correct the id");
            return null;
        }
    }
}
