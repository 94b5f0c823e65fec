package io.saddlebag.site;

import io.saddlebag.message.Printable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * The integrator's files {@code routes/*.camel.yaml} of a home, checked before Camel sees them: broken YAML, a template
 * that is not there, a parameter unknown, missing or given twice, a route id given twice. Camel finds these too, but
 * says neither file nor line.
 */
public final class RouteFiles {
    /** The ending of a route file's name. */
    public static final String SUFFIX = ".camel.yaml";

    /** Where the suite's own route files lie on the class path, a folder for each of their subjects. */
    static final String SUITE = "saddlebag/routes/";

    private static final Set<String> KINDS = Set.of(
            "templatedRoute",
            "route",
            "from",
            "routeTemplate",
            "routeConfiguration",
            "beans",
            "onException",
            "onCompletion",
            "intercept",
            "interceptFrom",
            "interceptSendToEndpoint",
            "errorHandler",
            "dataFormats");
    private static final Set<String> KEYS = Set.of("routeTemplateRef", "routeId", "prefix", "parameters", "beans");

    private final RouteTemplates templates = new RouteTemplates();
    private final List<String> faults = new ArrayList<>();
    private final List<TemplatedRoute> routes = new ArrayList<>();

    private RouteFiles() {}

    /**
     * Reads the home's route files.
     *
     * @param routeFolders folders of the suite's routes that belong to this site, as for {@link SiteRuntime}
     * @return the routes made of templates, file by file in the order of their names
     * @throws SiteStartException with one line a fault
     */
    public static List<TemplatedRoute> read(SiteHome home, Collection<String> routeFolders) throws SiteStartException {
        RouteFiles files = new RouteFiles();
        try {
            files.readSuite(routeFolders);
            files.readHome(home);
        } catch (IOException e) {
            throw new SiteStartException(
                    home.routes() + ": expected route files that can be read, found " + Printable.of(e.toString())
                            + ". Check the folder's owner and mode",
                    e);
        }
        if (!files.faults.isEmpty()) {
            throw new SiteStartException(String.join(System.lineSeparator(), files.faults));
        }
        return List.copyOf(files.routes);
    }

    private void readSuite(Collection<String> routeFolders) throws IOException {
        for (String folder : routeFolders) {
            String name = SUITE + folder;
            for (Map.Entry<String, URL> file : new ClasspathFolder(RouteFiles.class.getClassLoader(), name)
                    .files()
                    .entrySet()) {
                if (file.getKey().endsWith(SUFFIX) && file.getKey().indexOf('/') < 0) {
                    readSuite(name + "/" + file.getKey(), file.getValue());
                }
            }
        }
    }

    private void readSuite(String name, URL url) throws IOException {
        YamlList list = new YamlList(name, faults);
        try (Reader reader = new InputStreamReader(url.openStream(), StandardCharsets.UTF_8)) {
            templates.take(list, list.entries(reader));
        }
    }

    private void readHome(SiteHome home) throws IOException {
        Map<Path, List<YamlList.Entry>> entriesByFile = new LinkedHashMap<>();
        for (Path file : routeFiles(home)) {
            YamlList list = new YamlList(file.toString(), faults);
            try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
                List<YamlList.Entry> entries = list.entries(reader);
                templates.take(list, entries);
                entriesByFile.put(file, entries);
            }
        }
        entriesByFile.forEach((file, entries) -> {
            YamlList list = new YamlList(file.toString(), faults);
            entries.forEach(entry -> check(list, entry));
        });
    }

    private static Collection<Path> routeFiles(SiteHome home) throws IOException {
        Set<Path> files = new TreeSet<>();
        if (Files.isDirectory(home.routes())) {
            try (DirectoryStream<Path> found = Files.newDirectoryStream(home.routes(), "*" + SUFFIX)) {
                found.forEach(files::add);
            }
        }
        return files;
    }

    private void check(YamlList file, YamlList.Entry entry) {
        if (!KINDS.contains(entry.kind())) {
            file.fault(
                    entry.at(),
                    "expected templatedRoute, found '" + Printable.of(entry.kind())
                            + "'. Correct the name; docs/configuration.md has an example");
        } else if (entry.kind().equals("templatedRoute")) {
            templatedRoute(file, entry);
        }
    }

    private void templatedRoute(YamlList file, YamlList.Entry entry) {
        Map<String, Node> route = file.mapping(entry.value(), "a map with routeTemplateRef, routeId and parameters");
        route.forEach((key, value) -> {
            if (!KEYS.contains(key)) {
                file.fault(
                        value,
                        "expected one of " + String.join(", ", new TreeSet<>(KEYS)) + " in a templatedRoute, found '"
                                + Printable.of(key) + "'. Correct the name or remove it");
            }
        });
        String routeId = null;
        if (route.containsKey("routeId")) {
            templates.takeRouteId(file, route.get("routeId"));
            routeId = file.text(route.get("routeId"), "a route id");
        }
        Map<String, TemplatedRoute.Parameter> parameters = parameters(file, route.get("parameters"));
        Node reference = route.get("routeTemplateRef");
        if (reference == null) {
            file.fault(
                    entry.at(),
                    "expected routeTemplateRef, found none. Add one of " + String.join(", ", templates.names()));
            return;
        }
        String template = file.text(reference, "a template's name");
        if (!templates.names().contains(template)) {
            file.fault(
                    reference,
                    "expected one of the templates " + String.join(", ", templates.names()) + "; found '"
                            + Printable.of(template) + "'. Correct routeTemplateRef");
            return;
        }
        compare(file, entry.at(), template, parameters);
        routes.add(new TemplatedRoute(file.place(entry.at()), routeId, template, parameters));
    }

    private Map<String, TemplatedRoute.Parameter> parameters(YamlList file, Node node) {
        Map<String, TemplatedRoute.Parameter> parameters = new TreeMap<>();
        if (node == null) {
            return parameters;
        }
        for (Node item : file.sequence(node, "a list of parameters such as - {name: directory, value: \"drop\"}")) {
            Map<String, Node> parameter = file.mapping(item, "a parameter such as {name: directory, value: \"drop\"}");
            if (!parameter.keySet().equals(Set.of("name", "value"))) {
                file.fault(
                        item,
                        "expected a parameter with name and value, found "
                                + Printable.of(String.join(", ", parameter.keySet()))
                                + ". Write it as {name: NAME, value: \"VALUE\"}");
                continue;
            }
            String name = file.text(parameter.get("name"), "a name");
            TemplatedRoute.Parameter value = new TemplatedRoute.Parameter(
                    file.text(parameter.get("value"), "a value"), file.place(parameter.get("value")));
            if (parameters.put(name, value) != null) {
                file.fault(item, "expected the parameter " + Printable.of(name) + " once, found it twice. Remove one");
            }
        }
        return parameters;
    }

    private void compare(YamlList file, Node at, String template, Map<String, TemplatedRoute.Parameter> parameters) {
        Set<String> known = templates.parameters(template);
        parameters.forEach((name, parameter) -> {
            if (!known.contains(name)) {
                faults.add(parameter.place() + ": expected one of the parameters " + String.join(", ", known) + " of "
                        + template + "; found '" + Printable.of(name) + "'. Correct the name or remove it");
            }
        });
        Set<String> missing = new TreeSet<>(templates.requiredParameters(template));
        missing.removeAll(parameters.keySet());
        for (String name : missing) {
            file.fault(
                    at,
                    "expected the parameter " + name + " of " + template + ", found none. Add - {name: " + name
                            + ", value: \"...\"}");
        }
    }
}
