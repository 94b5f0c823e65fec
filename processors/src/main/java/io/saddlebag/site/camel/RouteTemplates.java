package io.saddlebag.site.camel;

import io.saddlebag.site.YamlFile;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.snakeyaml.engine.v2.nodes.Node;

/** The templates that routes can be made of, each with its parameters, and the route ids that are taken. */
final class RouteTemplates {
    private final Map<String, Template> byName = new TreeMap<>();
    private final Map<String, String> placeByRouteId = new HashMap<>();

    /**
     * @param description null when the file gives none
     * @param parameters by name
     */
    record Template(String description, Map<String, Parameter> parameters) {}

    /**
     * @param isRequired whether a route must give it
     * @param usual the default; null without one
     * @param description null when the file gives none
     */
    record Parameter(boolean isRequired, String usual, String description) {}

    /** Takes up the templates and routes among the entries of one file. */
    void take(YamlFile file, List<RouteFiles.Entry> entries) {
        for (RouteFiles.Entry entry : entries) {
            if (entry.kind().equals("routeTemplate")) {
                template(file, entry.value());
            } else if (entry.kind().equals("route")) {
                Node id = file.mapping(entry.value(), "a route").get("id");
                if (id != null) {
                    takeRouteId(file, id);
                }
            }
        }
    }

    private void template(YamlFile file, Node node) {
        Map<String, Node> template = file.mapping(node, "a routeTemplate");
        if (!template.containsKey("id")) {
            file.fault(node, "expected an id in the routeTemplate, found none. Add id: NAME");
            return;
        }
        Map<String, Parameter> parameters = new TreeMap<>();
        if (template.containsKey("parameters")) {
            for (Node item : file.sequence(template.get("parameters"), "a list of parameters")) {
                Map<String, Node> parameter = file.mapping(item, "a parameter such as {name: directory}");
                boolean isOptional = "false".equals(file.word(parameter.get("required"), "true or false"));
                String usual = parameter.containsKey("defaultValue")
                        ? file.text(parameter.get("defaultValue"), "a value")
                        : null;
                if (parameter.containsKey("name")) {
                    parameters.put(
                            file.text(parameter.get("name"), "a name"),
                            new Parameter(
                                    usual == null && !isOptional,
                                    usual,
                                    file.word(parameter.get("description"), "a text")));
                }
            }
        }
        byName.put(
                file.text(template.get("id"), "a name"),
                new Template(file.word(template.get("description"), "a text"), parameters));
    }

    /** Notes a route's id; one that another route has is a fault. */
    void takeRouteId(YamlFile file, Node id) {
        String routeId = file.text(id, "a route id");
        String other = placeByRouteId.putIfAbsent(routeId, file.place(id));
        if (other != null) {
            file.fault(
                    id,
                    "expected a routeId that no other route has, found " + routeId + " at " + other
                            + " too. Give one of them another id");
        }
    }

    /** By name, in its order. */
    Map<String, Template> byName() {
        return Collections.unmodifiableMap(byName);
    }

    Set<String> names() {
        return byName.keySet();
    }

    /** The parameters that the template takes. */
    Set<String> parameters(String template) {
        return byName.get(template).parameters().keySet();
    }

    /** Those that a route must give. */
    Set<String> requiredParameters(String template) {
        Set<String> required = new HashSet<>();
        byName.get(template).parameters().forEach((name, parameter) -> {
            if (parameter.isRequired()) {
                required.add(name);
            }
        });
        return required;
    }
}
