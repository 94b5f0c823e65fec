package io.saddlebag.lab;

import io.saddlebag.lab.message.DropFolder;
import io.saddlebag.lab.message.LabExchange;
import io.saddlebag.lab.message.RouteTerms;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.site.camel.RouteFiles;
import io.saddlebag.site.camel.TemplatedRoute;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/** Checks what the integrator's drop folders say, before any of them is watched. */
public final class LabRoutes {
    private static final String RECURSIVE = "recursive";
    private static final String STRICT = "strict";
    private static final String EVERY_NAME = ".*";
    /** As the template says. */
    private static final String USUAL_TYPE = "DAT";

    private LabRoutes() {}

    /**
     * @param recipients that the settings know
     * @param settingsFile to name in a remedy
     * @return the drop folders, each once
     * @throws SiteStartException with one line a fault: file, line, remedy
     */
    static List<DropFolder> check(
            SiteHome home, Collection<String> routeFolders, Set<SiteId> recipients, Path settingsFile)
            throws SiteStartException {
        List<String> faults = new ArrayList<>();
        Map<String, List<TemplatedRoute>> byFolder = new TreeMap<>();
        for (TemplatedRoute route : RouteFiles.read(home, routeFolders)) {
            if (route.template().equals(RouteTerms.DROP_FOLDER)) {
                checkRecipients(route.parameters().get("recipients"), recipients, settingsFile, faults);
                checkInclude(route.parameters().get("include"), faults);
                checkDirectory(home, route.parameters().get("directory"), faults);
                checkNaming(
                        route.parameters().get(LabExchange.NAMING),
                        route.parameters().get(LabExchange.TYPE),
                        faults);
                checkRecursive(route.parameters().get(RECURSIVE), faults);
                checkGroup(route.parameters().get(LabExchange.GROUP), faults);
                byFolder.computeIfAbsent(folder(home, route), unused -> new ArrayList<>())
                        .add(route);
            }
        }
        checkNesting(byFolder, faults);
        if (!faults.isEmpty()) {
            throw new SiteStartException(String.join(System.lineSeparator(), faults));
        }
        List<DropFolder> folders = new ArrayList<>();
        byFolder.forEach(
                (folder, routes) -> folders.add(new DropFolder(folder, isRecursive(routes.get(0)), taken(routes))));
        return folders;
    }

    /** The TYPEs of the ids that the drop folders' routes assign. */
    static Set<String> assignedTypes(SiteHome home, Collection<String> routeFolders) throws SiteStartException {
        Set<String> types = new TreeSet<>();
        for (TemplatedRoute route : RouteFiles.read(home, routeFolders)) {
            TemplatedRoute.Parameter naming = route.parameters().get(LabExchange.NAMING);
            TemplatedRoute.Parameter type = route.parameters().get(LabExchange.TYPE);
            if (route.template().equals(RouteTerms.DROP_FOLDER)
                    && naming != null
                    && naming.value().equals(LabExchange.ASSIGN)) {
                types.add(type == null ? USUAL_TYPE : type.value());
            }
        }
        return types;
    }

    /** Two routes of different depths, or one folder in another that is taken whole, would dispute about files. */
    private static void checkNesting(Map<String, List<TemplatedRoute>> byFolder, List<String> faults) {
        byFolder.forEach((folder, routes) -> {
            for (TemplatedRoute route : routes) {
                if (isRecursive(route) != isRecursive(routes.get(0))) {
                    faults.add(route.place() + ": recursive: expected the same in every route of " + folder
                            + ", found both. Correct one");
                }
                if (isByStem(route) != isByStem(routes.get(0))) {
                    faults.add(route.place() + ": group: expected the same in every route of " + folder
                            + ", found both. Correct one");
                }
            }
            for (Map.Entry<String, List<TemplatedRoute>> other : byFolder.entrySet()) {
                boolean inside = !other.getKey().equals(folder)
                        && Path.of(folder).startsWith(Path.of(other.getKey()))
                        && isRecursive(other.getValue().get(0));
                if (inside) {
                    faults.add(routes.get(0).parameters().get("directory").place()
                            + ": directory: expected a folder that no other route takes, found " + folder + " in "
                            + other.getKey() + ", whose route is recursive. Move one of them");
                }
            }
        });
    }

    private static boolean isRecursive(TemplatedRoute route) {
        TemplatedRoute.Parameter recursive = route.parameters().get(RECURSIVE);
        return recursive != null && recursive.value().equals("true");
    }

    private static boolean isByStem(TemplatedRoute route) {
        TemplatedRoute.Parameter group = route.parameters().get(LabExchange.GROUP);
        return group != null && group.value().equals(LabExchange.STEM);
    }

    private static void checkGroup(TemplatedRoute.Parameter group, List<String> faults) {
        if (group != null && !group.value().matches("none|" + LabExchange.STEM)) {
            faults.add(group.place() + ": group: expected none or " + LabExchange.STEM + ", found '"
                    + Printable.of(group.value()) + "'");
        }
    }

    private static void checkRecursive(TemplatedRoute.Parameter recursive, List<String> faults) {
        if (recursive != null && !recursive.value().matches("true|false")) {
            faults.add(recursive.place() + ": recursive: expected true or false, found '"
                    + Printable.of(recursive.value()) + "'");
        }
    }

    private static String taken(List<TemplatedRoute> routes) {
        List<String> includes = routes.stream().map(LabRoutes::include).toList();
        return includes.contains(EVERY_NAME) ? null : anyOf(includes);
    }

    private static String folder(SiteHome home, TemplatedRoute route) {
        Path folder = home.resolve(route.parameters().get("directory").value());
        return home.folder().relativize(folder).toString();
    }

    private static String include(TemplatedRoute route) {
        TemplatedRoute.Parameter include = route.parameters().get("include");
        return include == null ? EVERY_NAME : include.value();
    }

    private static String anyOf(List<String> includes) {
        return includes.size() == 1
                ? includes.get(0)
                : includes.stream().distinct().map(each -> "(?:" + each + ")").collect(Collectors.joining("|"));
    }

    private static void checkRecipients(
            TemplatedRoute.Parameter parameter, Set<SiteId> known, Path settingsFile, List<String> faults) {
        Set<SiteId> seen = new HashSet<>();
        for (String text : parameter.value().split(",", -1)) {
            SiteId recipient;
            try {
                recipient = SiteId.of(text.strip());
            } catch (IllegalArgumentException e) {
                faults.add(parameter.place() + ": recipients: " + e.getMessage());
                continue;
            }
            if (!known.contains(recipient)) {
                faults.add(parameter.place() + ": recipients: expected some of " + known + ", found " + recipient
                        + ". Correct the name, or add recipient." + recipient + "=ROUTING_KEY to " + settingsFile);
            } else if (!seen.add(recipient)) {
                faults.add(parameter.place() + ": recipients: expected each site once, found " + recipient
                        + " twice. Remove one");
            }
        }
    }

    private static void checkInclude(TemplatedRoute.Parameter parameter, List<String> faults) {
        if (parameter == null) {
            return;
        }
        try {
            Pattern.compile(parameter.value());
        } catch (PatternSyntaxException e) {
            faults.add(parameter.place() + ": include: expected a regular expression such as FL-LAB_DAT_.*, found '"
                    + Printable.of(parameter.value()) + "' (" + e.getDescription() + ")");
        }
    }

    private static void checkDirectory(SiteHome home, TemplatedRoute.Parameter parameter, List<String> faults) {
        Path folder = home.resolve(parameter.value());
        if (Path.of(parameter.value()).isAbsolute()
                || !folder.startsWith(home.folder())
                || folder.equals(home.folder())) {
            faults.add(parameter.place() + ": directory: expected a folder in the home such as drop/raw-data, found '"
                    + Printable.of(parameter.value())
                    + "'. Make a link or a mount there to take files from elsewhere");
        }
    }

    private static void checkNaming(
            TemplatedRoute.Parameter naming, TemplatedRoute.Parameter type, List<String> faults) {
        if (naming != null && !naming.value().equals(STRICT) && !naming.value().equals(LabExchange.ASSIGN)) {
            faults.add(naming.place() + ": naming: expected " + STRICT + " or " + LabExchange.ASSIGN + ", found '"
                    + Printable.of(naming.value()) + "'");
        }
        if (type != null && !MessageId.isOne("XX_" + type.value() + "_20251008_001")) {
            faults.add(type.place() + ": type: expected 2 to 16 capital letters and digits such as DAT, found '"
                    + Printable.of(type.value()) + "'");
        }
    }
}
