package io.saddlebag.site;

import io.saddlebag.message.Printable;
import io.saddlebag.site.Setting.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * A YAML file as nodes that know their line. Collects faults instead of stopping at the first, so that one look at the
 * log is enough. Camel's own parser names neither file nor line. Not thread-safe.
 */
public final class YamlFile {
    private final String file;
    private final List<String> faults;

    /**
     * @param file as faults name it
     * @param faults where faults go, each {@code file:line: expected ..., found .... remedy}
     */
    public YamlFile(String file, List<String> faults) {
        this.file = file;
        this.faults = faults;
    }

    /** The root of each document; none after a fault. */
    public List<Node> documents(String yaml) {
        List<Node> roots = new ArrayList<>();
        try {
            LoadSettings marks =
                    LoadSettings.builder().setUseMarks(true).setLabel(file).build();
            new Compose(marks).composeAllFromString(yaml).forEach(roots::add);
            return roots;
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
            faults.add(file + ":" + line + ": expected YAML, found " + oneLine(e.getProblem())
                    + ". Check indentation, brackets and quotes near that line");
        } catch (YamlEngineException e) {
            faults.add(file + ":1: expected YAML, found " + oneLine(e.getMessage()) + ". Is it a text file in UTF-8?");
        }
        return List.of();
    }

    /** The elements of a list; none when the node is null, or, after a fault, no list. */
    public List<Node> sequence(Node node, String expected) {
        if (node == null) {
            return List.of();
        }
        if (node instanceof SequenceNode sequence) {
            return sequence.getValue();
        }
        fault(node, "expected " + expected + ", found " + kindOf(node) + ". See docs/configuration.md for an example");
        return List.of();
    }

    /** The node's keys and values in their order; a repeated key is a fault. */
    public Map<String, Node> mapping(Node node, String expected) {
        Map<String, Node> values = new LinkedHashMap<>();
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                String key = text(tuple.getKeyNode(), "a name");
                if (values.put(key, tuple.getValueNode()) != null) {
                    fault(tuple.getKeyNode(), "expected " + key + " once, found it twice. Remove one");
                }
            }
        } else {
            fault(node, "expected " + expected + ", found " + kindOf(node) + ". Check the indentation");
        }
        return values;
    }

    /** As {@link #mapping(Node, String)}, of which each key is to be known and each required key to be there. */
    public Map<String, Node> mapping(Node node, Set<String> required, Set<String> optional) {
        Set<String> known = new TreeSet<>(required);
        known.addAll(optional);
        String names = String.join(", ", known);
        Map<String, Node> values = mapping(node, names + " as name: value");
        values.forEach((name, value) -> {
            if (!known.contains(name)) {
                fault(
                        value,
                        "expected one of " + names + "; found '" + Printable.of(name)
                                + "'. Correct the name or remove it");
            }
        });
        if (node instanceof MappingNode) {
            for (String name : new TreeSet<>(required)) {
                if (!values.containsKey(name)) {
                    fault(node, "expected " + name + ", found nothing. Add it");
                }
            }
        }
        return values;
    }

    /** The node's text; empty, after a fault, when it is not a scalar. */
    public String text(Node node, String expected) {
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        fault(node, "expected " + expected + ", found " + kindOf(node) + ". Check the indentation and quotes");
        return "";
    }

    /** The node's text without blanks around it; null when the node is null, or, after a fault, no text. */
    public String word(Node node, String expected) {
        if (node == null
                || node instanceof ScalarNode scalar && !scalar.getValue().isBlank()) {
            return node == null ? null : text(node, expected).strip();
        }
        fault(node, "expected " + expected + ", found " + kindOf(node));
        return null;
    }

    /** The text of a field when it fits its kind; null when the field is absent, or, after a fault, does not fit. */
    public String value(Map<String, Node> fields, String name, Kind kind) {
        Node node = fields.get(name);
        String value = word(node, kind.description());
        if (value == null || Settings.fits(kind, value)) {
            return value;
        }
        fault(
                node,
                "expected for " + name + " " + kind.description() + ", found '" + Printable.of(value)
                        + "'. Correct the value or leave it out");
        return null;
    }

    /** Gives each text of the node and below it, names of maps among them, in the order of the file. */
    public static void forEachText(Node node, Consumer<ScalarNode> taker) {
        if (node instanceof ScalarNode text) {
            taker.accept(text);
        } else if (node instanceof SequenceNode list) {
            list.getValue().forEach(each -> forEachText(each, taker));
        } else if (node instanceof MappingNode map) {
            map.getValue().forEach(tuple -> {
                forEachText(tuple.getKeyNode(), taker);
                forEachText(tuple.getValueNode(), taker);
            });
        }
    }

    public void fault(Node at, String text) {
        faults.add(place(at) + ": " + text);
    }

    /** {@code file:line} of the node. */
    public String place(Node node) {
        return file + ":" + node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    }

    private static String kindOf(Node node) {
        return switch (node.getNodeType()) {
            case SCALAR ->
                ((ScalarNode) node).getValue().isEmpty()
                        ? "nothing"
                        : "the text '" + Printable.of(((ScalarNode) node).getValue()) + "'";
            case SEQUENCE -> "a list";
            default -> "a map";
        };
    }

    private static String oneLine(String text) {
        return text == null ? "something else" : Printable.of(text.strip());
    }
}
