package io.saddlebag.site.camel;

import io.saddlebag.message.Printable;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.YamlFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.FailedToCreateRouteFromTemplateException;
import org.apache.camel.FailedToStartRouteException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * Tells a start that failed in Camel as every other fault of a route file: file, line, what was found. Camel knows the
 * route at most. The line is that of the longest text of the route that its innermost message names.
 */
final class RouteFaults {
    private static final Pattern PLACE_BY_CAMEL = Pattern.compile("\\bin (\\S.*), line (\\d+), column \\d+");
    /** Shorter texts are found by chance. */
    private static final int SHORTEST = 4;

    private final SiteHome home;
    private final List<RouteSource> sources;

    RouteFaults(SiteHome home, List<RouteSource> sources) {
        this.home = home;
        this.sources = List.copyOf(sources);
    }

    /** One line for the operator. */
    String tell(Throwable failure) {
        List<String> said = new ArrayList<>();
        String routeId = null;
        Throwable root = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            said.add(0, String.valueOf(cause.getMessage()));
            routeId = routeId == null ? routeIdOf(cause) : routeId;
            root = cause;
        }
        String found = String.valueOf(root.getMessage()).lines().findFirst().orElse("");
        return place(said, routeId) + ": expected a route that can start, found: "
                + Printable.reason(found.indexOf(' ') < 0 ? root.toString() : found);
    }

    private static String routeIdOf(Throwable cause) {
        if (cause instanceof FailedToCreateRouteException e) {
            return e.getRouteId();
        }
        if (cause instanceof FailedToCreateRouteFromTemplateException e) {
            return e.getRouteId();
        }
        return cause instanceof FailedToStartRouteException e ? e.getRouteId() : null;
    }

    /** @param said the failure's messages, from the innermost on */
    private String place(List<String> said, String routeId) {
        for (String message : said) {
            Matcher byCamel = PLACE_BY_CAMEL.matcher(message);
            if (byCamel.find()) {
                return byCamel.group(1) + ":" + byCamel.group(2);
            }
        }
        String route = home.folder().toString();
        Map<ScalarNode, String> places = new LinkedHashMap<>();
        for (RouteSource source : sources) {
            YamlFile file = new YamlFile(source.name(), new ArrayList<>());
            for (Node entry : source.isOfHome() ? entries(file, source) : List.<Node>of()) {
                List<ScalarNode> texts = new ArrayList<>();
                YamlFile.forEachText(entry, texts::add);
                if (routeId == null || texts.removeIf(text -> text.getValue().equals(routeId))) {
                    texts.forEach(text -> places.put(text, file.place(text)));
                    route = routeId == null ? route : file.place(entry);
                }
            }
        }
        for (String message : said) {
            Optional<ScalarNode> longest = places.keySet().stream()
                    .filter(text -> names(message, text.getValue()))
                    .max(Comparator.comparing(text -> text.getValue().length()));
            if (longest.isPresent()) {
                return places.get(longest.get());
            }
        }
        return route;
    }

    private static List<Node> entries(YamlFile file, RouteSource source) {
        List<Node> entries = new ArrayList<>();
        file.documents(source.text()).forEach(root -> entries.addAll(file.sequence(root, "a list of entries")));
        return entries;
    }

    /** Camel writes {@code timer://x} for {@code timer:x}. */
    private static boolean names(String message, String text) {
        return text.length() >= SHORTEST
                && (message.contains(text) || message.replace("://", ":").contains(text));
    }
}
