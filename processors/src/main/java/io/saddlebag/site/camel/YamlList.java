package io.saddlebag.site.camel;

import io.saddlebag.message.Printable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * A Camel YAML file as a list of its entries, each still knowing its line. Collects faults instead of stopping at the
 * first, so that one look at the log is enough. Not Camel's own parser: that one tells neither file nor line.
 */
final class YamlList {
    private final String file;
    private final List<String> faults;

    /**
     * @param file as faults name it
     * @param faults where faults go, each {@code file:line: expected ..., found .... remedy}
     */
    YamlList(String file, List<String> faults) {
        this.file = file;
        this.faults = faults;
    }

    /** The entries of the file, each with its kind ({@code route}, {@code templatedRoute}, ...). */
    List<Entry> entries(String yaml) {
        List<Entry> entries = new ArrayList<>();
        try {
            LoadSettings marks =
                    LoadSettings.builder().setUseMarks(true).setLabel(file).build();
            for (Node root : new Compose(marks).composeAllFromString(yaml)) {
                for (Node item : sequence(root, "a list of entries such as - templatedRoute:")) {
                    mapping(item, "an entry such as - templatedRoute:")
                            .forEach((kind, value) -> entries.add(new Entry(kind, item, value)));
                }
            }
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
            faults.add(file + ":" + line + ": expected YAML, found " + oneLine(e.getProblem())
                    + ". Check indentation, brackets and quotes near that line");
        } catch (YamlEngineException e) {
            faults.add(file + ":1: expected YAML, found " + oneLine(e.getMessage()) + ". Is it a text file in UTF-8?");
        }
        return entries;
    }

    /** One entry of the file: a map with one key. */
    record Entry(String kind, Node at, Node value) {}

    List<Node> sequence(Node node, String expected) {
        if (node instanceof SequenceNode sequence) {
            return sequence.getValue();
        }
        fault(node, "expected " + expected + ", found " + kindOf(node) + ". See docs/configuration.md for an example");
        return List.of();
    }

    /** The node's keys and values in their order; a repeated key is a fault. */
    Map<String, Node> mapping(Node node, String expected) {
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

    /** The node's text; empty, after a fault, when it is not a scalar. */
    String text(Node node, String expected) {
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        fault(node, "expected " + expected + ", found " + kindOf(node) + ". Check the indentation and quotes");
        return "";
    }

    void fault(Node at, String text) {
        faults.add(place(at) + ": " + text);
    }

    /** {@code file:line} of the node. */
    String place(Node node) {
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
