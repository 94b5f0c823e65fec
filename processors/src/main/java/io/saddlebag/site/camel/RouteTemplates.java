package io.saddlebag.site.camel;

import io.saddlebag.site.YamlFile;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.snakeyaml.engine.v2.nodes.Node;

/** The templates that routes can be made of, each with its parameters, and the route ids that are taken. */
final class RouteTemplates {
    private final Map<String, Map<String, Boolean>> requiredByParameterByTemplate = new TreeMap<>();
    private final Map<String, String> placeByRouteId = new HashMap<>();

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
        Map<String, Boolean> parameters = new TreeMap<>();
        if (template.containsKey("parameters")) {
            for (Node item : file.sequence(template.get("parameters"), "a list of parameters")) {
                Map<String, Node> parameter = file.mapping(item, "a parameter such as {name: directory}");
                boolean optional = parameter.containsKey("defaultValue")
                        || (parameter.containsKey("required")
                                && file.text(parameter.get("required"), "true or false")
                                        .equals("false"));
                if (parameter.containsKey("name")) {
                    parameters.put(file.text(parameter.get("name"), "a name"), !optional);
                }
            }
        }
        requiredByParameterByTemplate.put(file.text(template.get("id"), "a name"), parameters);
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

    Set<String> names() {
        return requiredByParameterByTemplate.keySet();
    }

    /** The parameters that the template takes. */
    Set<String> parameters(String template) {
        return requiredByParameterByTemplate.get(template).keySet();
    }

    /** Those that a route must give. */
    Set<String> requiredParameters(String template) {
        Set<String> required = new HashSet<>();
        requiredByParameterByTemplate.get(template).forEach((name, isRequired) -> {
            if (isRequired) {
                required.add(name);
            }
        });
        return required;
    }
}
