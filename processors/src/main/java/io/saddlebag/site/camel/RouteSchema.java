package io.saddlebag.site.camel;

import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.site.YamlFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * A JSON schema (draft 2020-12) of the route files of a home, for editors. It is made of the parameters that the templates
 * declare, as {@link RouteFiles} judges by them, so that the two cannot differ. Camel's own schema knows no template.
 */
public final class RouteSchema {
    private static final String TEMPLATES = "templates";
    private static final String DEFINITION = "#/$defs/";

    private RouteSchema() {}

    /** The schema of the suite's own templates. */
    public static Map<String, Object> ofSuite() throws IOException {
        return schema(read(RouteSource.ofSuite(List.of(TEMPLATES)), new ArrayList<>()));
    }

    /**
     * As {@link #ofSuite}, with the templates that the home's own files have.
     *
     * @throws SiteStartException with one line a fault of a template
     */
    public static Map<String, Object> of(SiteHome home) throws IOException, SiteStartException {
        List<RouteSource> sources = new ArrayList<>(RouteSource.ofSuite(List.of(TEMPLATES)));
        for (var file : RouteSource.filesOf(home)) {
            sources.add(RouteSource.of(file));
        }
        List<String> faults = new ArrayList<>();
        RouteTemplates templates = read(sources, faults);
        if (!faults.isEmpty()) {
            throw new SiteStartException(String.join(System.lineSeparator(), faults));
        }
        return schema(templates);
    }

    private static RouteTemplates read(List<RouteSource> sources, List<String> faults) {
        RouteTemplates templates = new RouteTemplates();
        for (RouteSource source : sources) {
            YamlFile file = new YamlFile(source.name(), faults);
            templates.take(file, RouteFiles.entries(file, source.text()));
        }
        return templates;
    }

    private static Map<String, Object> schema(RouteTemplates templates) {
        Map<String, Object> definitions = new LinkedHashMap<>();
        definitions.put("templatedRoute", templatedRoute(templates));
        templates.byName().forEach((name, template) -> definitions.put(name, parameters(template)));
        Map<String, Object> kinds = new LinkedHashMap<>();
        kinds.put("templatedRoute", Map.of("$ref", DEFINITION + "templatedRoute"));
        // Camel's own YAML, which Camel judges.
        new TreeSet<>(RouteFiles.KINDS).forEach(kind -> kinds.putIfAbsent(kind, true));
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("title", "Routes of a Saddlebag site: routes/*.camel.yaml");
        schema.put("type", "array");
        schema.put(
                "items",
                ordered("type", "object", "minProperties", 1, "properties", kinds, "additionalProperties", false));
        schema.put("$defs", definitions);
        return schema;
    }

    private static Map<String, Object> templatedRoute(RouteTemplates templates) {
        Map<String, Object> text = Map.of("type", "string");
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("routeTemplateRef", ordered("enum", List.copyOf(templates.names())));
        new TreeSet<>(RouteFiles.KEYS).forEach(key -> keys.putIfAbsent(key, key.equals("beans") ? true : text));
        keys.put("parameters", ordered("type", "array"));
        List<Object> each = new ArrayList<>();
        templates.byName().forEach((name, template) -> {
            Map<String, Object> then = ordered("properties", Map.of("parameters", Map.of("$ref", DEFINITION + name)));
            if (!templates.requiredParameters(name).isEmpty()) {
                then.put("required", List.of("parameters"));
            }
            each.add(ordered(
                    "if", ordered("properties", Map.of("routeTemplateRef", Map.of("const", name))), "then", then));
        });
        return ordered(
                "type",
                "object",
                "required",
                List.of("routeTemplateRef"),
                "properties",
                keys,
                "additionalProperties",
                false,
                "allOf",
                each);
    }

    private static Map<String, Object> parameters(RouteTemplates.Template template) {
        List<Object> names = new ArrayList<>();
        List<Object> counts = new ArrayList<>();
        template.parameters().forEach((name, parameter) -> {
            Map<String, Object> named = ordered("const", name);
            if (parameter.description() != null) {
                named.put("description", parameter.description());
            }
            if (parameter.usual() != null) {
                named.put("$comment", "default: " + parameter.usual());
            }
            names.add(named);
            counts.add(ordered(
                    "contains",
                    ordered("properties", Map.of("name", Map.of("const", name)), "required", List.of("name")),
                    "minContains",
                    parameter.isRequired() ? 1 : 0,
                    "maxContains",
                    1));
        });
        Map<String, Object> value = ordered("type", List.of("string", "number", "boolean"));
        Map<String, Object> list = new LinkedHashMap<>();
        if (template.description() != null) {
            list.put("description", template.description());
        }
        list.put("type", "array");
        list.put(
                "items",
                ordered(
                        "type",
                        "object",
                        "required",
                        List.of("name", "value"),
                        "properties",
                        ordered("name", ordered("oneOf", names), "value", value),
                        "additionalProperties",
                        false));
        list.put("allOf", counts);
        return list;
    }

    private static Map<String, Object> ordered(Object... namesAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }
}
