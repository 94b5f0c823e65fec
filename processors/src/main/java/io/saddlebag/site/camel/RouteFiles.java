package io.saddlebag.site.camel;

import io.saddlebag.log.FaultText;
import io.saddlebag.message.Printable;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.site.YamlFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * The integrator's files {@code routes/*.camel.yaml} of a home, checked before Camel sees them: broken YAML, a template
 * that is not there, a parameter unknown, missing or given twice, a route id given twice, a relative folder. Camel finds
 * most of these too, but names neither file nor line.
 */
public final class RouteFiles {
    /** The ending of a route file's name. */
    static final String SUFFIX = ".camel.yaml";

    /** The kinds of entries. */
    static final Set<String> KINDS = Set.of(
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

    private static final Pattern RELATIVE_FOLDER = Pattern.compile("file:(?://)?((?![/{#]).+)");
    /** The keys of a templatedRoute. */
    static final Set<String> KEYS = Set.of("routeTemplateRef", "routeId", "prefix", "parameters", "beans");

    private final RouteTemplates templates = new RouteTemplates();
    private final List<String> faults = new ArrayList<>();
    private final List<TemplatedRoute> routes = new ArrayList<>();
    private final List<RouteSource> sources = new ArrayList<>();
    private boolean hasRoute;

    /** One entry of a file, with its kind ({@code route}, {@code templatedRoute}, ...). */
    record Entry(String kind, Node at, Node value) {}

    private RouteFiles() {}

    /**
     * Reads the home's route files.
     *
     * @param routeFolders folders of the suite's routes that belong to this site, as for {@link SiteRuntime}
     * @return the routes made of templates, file by file in the order of their names
     * @throws SiteStartException with one line a fault
     */
    public static List<TemplatedRoute> read(SiteHome home, Collection<String> routeFolders) throws SiteStartException {
        return List.copyOf(readAll(home, routeFolders).routes);
    }

    /**
     * As {@link #read}, of a home that must have a route: without one, files would wait and nobody would know.
     *
     * @throws SiteStartException also when no file has a route; names those that were passed over
     */
    public static List<TemplatedRoute> require(SiteHome home, Collection<String> routeFolders)
            throws SiteStartException {
        RouteFiles files = readAll(home, routeFolders);
        if (!files.hasRoute) {
            throw new SiteStartException(home.routes() + ": expected a file *" + SUFFIX
                    + " with at least one route, found none" + passedOver(home)
                    + ". Write one as in docs/integrators.md, or take those of: saddlebag init site");
        }
        return List.copyOf(files.routes);
    }

    private static String passedOver(SiteHome home) throws SiteStartException {
        try {
            Collection<Path> others = RouteSource.passedOver(home);
            return others.isEmpty()
                    ? ""
                    : " besides "
                            + others.stream()
                                    .map(each -> Printable.of(each.getFileName().toString()))
                                    .collect(Collectors.joining(", "))
                            + ", which are no route files by their names";
        } catch (IOException e) {
            throw new SiteStartException(home.routes() + ": " + Printable.reason(FaultText.of(e)), e);
        }
    }

    /**
     * The texts that Camel is to run, the suite's before the home's, checked as by {@link #read}.
     *
     * @throws SiteStartException with one line a fault
     */
    static List<RouteSource> sources(SiteHome home, Collection<String> routeFolders) throws SiteStartException {
        return List.copyOf(readAll(home, routeFolders).sources);
    }

    private static RouteFiles readAll(SiteHome home, Collection<String> routeFolders) throws SiteStartException {
        RouteFiles files = new RouteFiles();
        try {
            files.readSuite(routeFolders);
            files.readHome(home);
        } catch (IOException e) {
            throw new SiteStartException(
                    home.routes() + ": expected route files that can be read, found "
                            + Printable.reason(FaultText.of(e)) + ". Check the folder's owner and mode",
                    e);
        }
        if (!files.faults.isEmpty()) {
            throw new SiteStartException(String.join(System.lineSeparator(), files.faults));
        }
        return files;
    }

    private void readSuite(Collection<String> routeFolders) throws IOException {
        for (RouteSource source : RouteSource.ofSuite(routeFolders)) {
            YamlFile list = new YamlFile(source.name(), faults);
            templates.take(list, entries(list, source.text()));
            sources.add(source);
        }
    }

    private void readHome(SiteHome home) throws IOException {
        Map<RouteSource, List<Entry>> entriesBySource = new LinkedHashMap<>();
        for (Path file : RouteSource.filesOf(home)) {
            try {
                RouteSource source = RouteSource.of(file);
                YamlFile list = new YamlFile(source.name(), faults);
                List<Entry> entries = entries(list, source.text());
                templates.take(list, entries);
                entriesBySource.put(source, entries);
                sources.add(source);
            } catch (IOException e) {
                faults.add(readable(file, e));
            }
        }
        entriesBySource.forEach((source, entries) -> {
            YamlFile list = new YamlFile(source.name(), faults);
            entries.forEach(entry -> check(list, entry));
        });
    }

    static List<Entry> entries(YamlFile file, String yaml) {
        List<Entry> entries = new ArrayList<>();
        for (Node root : file.documents(yaml)) {
            for (Node item : file.sequence(root, "a list of entries such as - templatedRoute:")) {
                file.mapping(item, "an entry such as - templatedRoute:")
                        .forEach((kind, value) -> entries.add(new Entry(kind, item, value)));
            }
        }
        return entries;
    }

    private static String readable(Path file, IOException e) {
        String message = String.valueOf(e.getMessage());
        return message.startsWith(file + ":")
                ? message
                : file + ": expected a route file that can be read, found " + Printable.reason(FaultText.of(e))
                        + ". Check owner and mode, or remove it";
    }

    private void check(YamlFile file, Entry entry) {
        if (!KINDS.contains(entry.kind())) {
            file.fault(
                    entry.at(),
                    "expected templatedRoute, found '" + Printable.of(entry.kind())
                            + "'. Correct the name; docs/configuration.md has an example");
        } else if (entry.kind().equals("templatedRoute")) {
            hasRoute = true;
            templatedRoute(file, entry);
        } else {
            hasRoute |= entry.kind().equals("route") || entry.kind().equals("from");
            checkFolders(file, entry.value());
        }
    }

    /** A relative folder would be one below the folder that the process happens to be started in. */
    private static void checkFolders(YamlFile file, Node node) {
        YamlFile.forEachText(node, text -> {
            Matcher folder = RELATIVE_FOLDER.matcher(text.getValue());
            if (folder.matches()) {
                file.fault(
                        text,
                        "expected file: with a whole path, found '" + Printable.of(text.getValue())
                                + "', which is not in the home. Write file:{{home}}/" + Printable.of(folder.group(1)));
            }
        });
    }

    private void templatedRoute(YamlFile file, Entry entry) {
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

    private Map<String, TemplatedRoute.Parameter> parameters(YamlFile file, Node node) {
        Map<String, TemplatedRoute.Parameter> parameters = new TreeMap<>();
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

    private void compare(YamlFile file, Node at, String template, Map<String, TemplatedRoute.Parameter> parameters) {
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
