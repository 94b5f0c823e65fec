package io.saddlebag.hq.routing;

import io.saddlebag.message.Printable;
import io.saddlebag.site.Setting.Kind;
import io.saddlebag.site.Settings;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** A YAML file as nodes that know their line, and the faults that were found in it. Not for several threads. */
final class YamlTree {
    private final String place;
    private final List<String> faults = new ArrayList<>();

    /** @param place the file, as errors name it */
    YamlTree(String place) {
        this.place = place;
    }

    List<String> faults() {
        return faults;
    }

    void fault(Node node, String text) {
        faults.add(place + ":" + (node.getStartMark().getLine() + 1) + ": " + text);
    }

    /** The one document of the text, or null with a fault noted. */
    Node parse(String text) {
        try {
            Node root = new Yaml(new SafeConstructor(new LoaderOptions())).compose(new StringReader(text));
            if (root == null) {
                faults.add(place + ":1: expected exchanges, queues, bindings and sites, found an empty file");
            }
            return root;
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
            faults.add(place + ":" + line + ": expected YAML, found " + Printable.of(e.getProblem())
                    + ". Check the indentation and the brackets");
        } catch (YAMLException e) {
            faults.add(place + ":1: expected YAML, found " + Printable.of(e.getMessage()));
        }
        return null;
    }

    /** The fields of a mapping; what is missing, unknown or twice is noted as a fault. */
    Map<String, Node> mapping(Node node, Set<String> required, Set<String> optional) {
        Set<String> known = new TreeSet<>(required);
        known.addAll(optional);
        Map<String, Node> fields = new LinkedHashMap<>();
        if (!(node instanceof MappingNode mapping)) {
            fault(node, "expected " + String.join(", ", known) + " as name: value, found something else");
            return fields;
        }
        for (NodeTuple tuple : mapping.getValue()) {
            String name = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "";
            if (!known.contains(name)) {
                fault(
                        tuple.getKeyNode(),
                        "expected one of " + String.join(", ", known) + "; found '" + Printable.of(name)
                                + "'. Correct the name or remove it");
            } else if (fields.putIfAbsent(name, tuple.getValueNode()) != null) {
                fault(tuple.getKeyNode(), "expected " + name + " once, found it again. Remove one");
            }
        }
        for (String name : new TreeSet<>(required)) {
            if (!fields.containsKey(name)) {
                fault(node, "expected " + name + ", found nothing. Add it");
            }
        }
        return fields;
    }

    /** The elements of a list; none when the node is absent. */
    List<Node> sequence(Node node) {
        if (node == null) {
            return List.of();
        }
        if (node instanceof SequenceNode sequence) {
            return sequence.getValue();
        }
        fault(node, "expected a list such as [a, b], found something else");
        return List.of();
    }

    /** The node's text, or null: absent, which was noted before, or not a text, which is noted here. */
    String text(Node node, String what) {
        if (node == null) {
            return null;
        }
        if (node instanceof ScalarNode scalar && !scalar.getValue().isBlank()) {
            return scalar.getValue().strip();
        }
        fault(node, "expected " + what + ", found something else");
        return null;
    }

    /** The field's text when it looks as its kind asks; null when it is absent, or wrong, which is noted here. */
    String value(Map<String, Node> fields, String name, Kind kind) {
        Node node = fields.get(name);
        String value = text(node, kind.description());
        if (value == null || Settings.fits(kind, value)) {
            return value;
        }
        fault(
                node,
                "expected for " + name + " " + kind.description() + ", found '" + Printable.of(value)
                        + "'. Correct the value or leave it out");
        return null;
    }
}
