package io.saddlebag.site.camel;

import io.saddlebag.site.YamlFile;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.Node;

/** The entries of a home's route files as texts: the routes by their ids, and the rest. The files have no fault. */
final class RouteEntries {
    private static final Set<String> ROUTES = Set.of("templatedRoute", "route");

    private static final Pattern COMMENTS_AT_THE_END = Pattern.compile("(\\s*\n\\s*(#[^\n]*)?)*\\s*$");

    private final Map<String, String> routesById = new TreeMap<>();
    /** Entries that no id names, such as beans and templates. */
    private final Collection<String> others = new TreeSet<>();

    static RouteEntries of(List<RouteSource> sources) {
        RouteEntries entries = new RouteEntries();
        for (RouteSource source : sources) {
            YamlFile file = new YamlFile(source.name(), new ArrayList<>());
            for (RouteFiles.Entry entry : RouteFiles.entries(file, source.text())) {
                entries.take(file, source, entry);
            }
        }
        return entries;
    }

    private void take(YamlFile file, RouteSource source, RouteFiles.Entry entry) {
        String text = text(source.text(), entry.at());
        Map<String, Node> fields = ROUTES.contains(entry.kind()) ? file.mapping(entry.value(), "a route") : Map.of();
        Node id = fields.get(entry.kind().equals("route") ? "id" : "routeId");
        if (id == null) {
            others.add(entry.kind() + " " + text);
        } else {
            routesById.put(file.text(id, "an id"), text);
        }
    }

    /** A list of this entry alone, with its own indentation. */
    private static String text(String all, Node node) {
        int start = node.getStartMark().orElseThrow().getIndex();
        int end = node.getEndMark().orElseThrow().getIndex();
        int column = node.getStartMark().orElseThrow().getColumn();
        int[] points = all.codePoints().toArray();
        // A comment before the next entry is none of this one.
        String entry = COMMENTS_AT_THE_END
                .matcher(new String(points, start, end - start))
                .replaceFirst("");
        return " ".repeat(Math.max(0, column - 2)) + "- " + entry + "\n";
    }

    /** The routes that the other files do not have, or have in another form. */
    Map<String, String> without(RouteEntries other) {
        Map<String, String> rest = new TreeMap<>(routesById);
        rest.entrySet().removeAll(other.routesById.entrySet());
        return rest;
    }

    /** The kinds of entries that differ and that no id names. */
    Collection<String> reasonsForAStart(RouteEntries after) {
        Collection<String> changed = new TreeSet<>(others);
        changed.addAll(after.others);
        changed.removeIf(each -> others.contains(each) && after.others.contains(each));
        Collection<String> reasons = new TreeSet<>();
        changed.forEach(each -> {
            String kind = each.substring(0, each.indexOf(' '));
            reasons.add(ROUTES.contains(kind) ? "a " + kind + " without an id" : kind);
        });
        return reasons;
    }
}
