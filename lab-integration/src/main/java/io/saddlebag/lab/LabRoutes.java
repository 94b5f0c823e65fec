package io.saddlebag.lab;

import io.saddlebag.check.HomeChecks;
import io.saddlebag.lab.claim.DropRules;
import io.saddlebag.lab.keys.PostQuantum;
import io.saddlebag.lab.message.DropContext;
import io.saddlebag.lab.message.RouteTerms;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.SiteId;
import io.saddlebag.observe.Expect;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The integrator's drop folders, checked before any of them is watched.
 *
 * @param folders each once
 * @param assignedTypes the TYPEs of the ids that their routes assign
 * @param terms by route id; a route that sets none has no entry
 */
record LabRoutes(List<DropFolder> folders, Set<String> assignedTypes, Map<String, RouteTerms> terms) {
    /**
     * A folder that at least one drop route takes files from.
     *
     * @param directory relative to the home
     * @param recursive whether the files of its sub-folders belong to it
     * @param taken a regular expression of the names that its routes take; null when they take every name
     * @param routes those that take files from it
     */
    record DropFolder(String directory, boolean recursive, String taken, List<TemplatedRoute> routes) {
        /**
         * True if what none of its routes takes goes to {@code failed/}. It is left alone where copies are taken, and where
         * complete folders are looked for at any depth, since it may belong to one that is not complete.
         */
        boolean isWatchedForStrays() {
            boolean isWithinFolders = recursive
                    && !value(routes.get(0), DropRules.COMPLETE_WHEN, DropRules.NONE)
                            .equals(DropRules.NONE);
            return taken != null && !copies() && !isWithinFolders;
        }

        boolean copies() {
            return is(routes.get(0), DropRules.TAKE, DropRules.COPY);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(LabRoutes.class);
    private static final String DIRECTORY = "directory";
    static final String INCLUDE = "include";
    static final String RECIPIENTS = "recipients";
    private static final String RECURSIVE = "recursive";
    static final String EVERY_NAME = ".*";

    /**
     * @param recipients that the settings know, with their policies
     * @throws SiteStartException with one line a fault: file, line, remedy
     */
    static LabRoutes read(SiteHome home, Collection<String> routeFolders, Map<SiteId, PostQuantum> recipients)
            throws SiteStartException {
        List<String> faults = new ArrayList<>();
        Map<String, List<TemplatedRoute>> byFolder = new TreeMap<>();
        Set<String> types = new TreeSet<>();
        Map<String, RouteTerms> terms = new TreeMap<>();
        for (TemplatedRoute route : RouteFiles.require(home, routeFolders)) {
            if (!route.template().equals(LabCheck.DROP_FOLDER)) {
                continue;
            }
            checkRecipients(route.parameters().get(RECIPIENTS), recipients, home.settingsFile(), faults);
            checkInclude(route.parameters().get(INCLUDE), faults);
            checkDirectory(home, route.parameters().get(DIRECTORY), faults);
            checkChoice(route, DropContext.NAMING, "strict", DropContext.ASSIGN, faults);
            checkType(route.parameters().get(DropContext.TYPE), faults);
            checkChoice(route, RECURSIVE, "true", "false", faults);
            checkExpect(route.parameters().get(Expect.PARAMETER), faults);
            checkChoice(route, DropContext.GROUP, "none", DropContext.STEM, faults);
            RuleChecks.check(route, faults);
            byFolder.computeIfAbsent(folder(home, route), unused -> new ArrayList<>())
                    .add(route);
            if (is(route, DropContext.NAMING, DropContext.ASSIGN)) {
                types.add(value(route, DropContext.TYPE, "DAT"));
            }
            RouteTerms asked = RouteTerms.read(route, faults);
            if (asked.check() != null) {
                HomeChecks.judge(home, asked.check(), faults);
            }
            if (!asked.equals(RouteTerms.USUAL)) {
                terms.put(String.valueOf(route.routeId()), asked);
            }
        }
        checkNesting(byFolder, faults);
        if (!faults.isEmpty()) {
            throw new SiteStartException(String.join(System.lineSeparator(), faults));
        }
        List<DropFolder> folders = new ArrayList<>();
        byFolder.forEach((folder, routes) -> {
            folders.add(
                    new DropFolder(folder, is(routes.get(0), RECURSIVE, "true"), taken(routes), List.copyOf(routes)));
        });
        return new LabRoutes(folders, types, terms);
    }

    /** With a line in the log for each route. */
    LabRoutes told() {
        folders.forEach(folder -> folder.routes()
                .forEach(route -> LOG.info(
                        "{}  {}  -> {}",
                        folder.directory(),
                        Printable.of(value(route, INCLUDE, EVERY_NAME)),
                        Printable.of(value(route, RECIPIENTS, "")))));
        return this;
    }

    /** Two routes of different depths, or one folder in another that is taken whole, would dispute about files. */
    private static void checkNesting(Map<String, List<TemplatedRoute>> byFolder, List<String> faults) {
        byFolder.forEach((folder, routes) -> {
            checkSame(folder, routes, RECURSIVE, "true", faults);
            checkSame(folder, routes, DropContext.GROUP, DropContext.STEM, faults);
            checkSame(folder, routes, DropRules.TAKE, DropRules.COPY, faults);
            RuleChecks.checkSameKind(folder, routes, faults);
            for (Map.Entry<String, List<TemplatedRoute>> other : byFolder.entrySet()) {
                boolean inside = !other.getKey().equals(folder)
                        && Path.of(folder).startsWith(Path.of(other.getKey()))
                        && is(other.getValue().get(0), RECURSIVE, "true");
                if (inside) {
                    faults.add(routes.get(0).parameters().get(DIRECTORY).place()
                            + ": directory: expected a folder that no other route takes, found " + folder + " in "
                            + other.getKey() + ", whose route is recursive. Move one of them");
                }
            }
        });
    }

    private static void checkSame(
            String folder, List<TemplatedRoute> routes, String name, String value, List<String> faults) {
        for (TemplatedRoute route : routes) {
            if (is(route, name, value) != is(routes.get(0), name, value)) {
                faults.add(route.place() + ": " + name + ": expected the same in every route of " + folder
                        + ", found both. Correct one");
            }
        }
    }

    static boolean is(TemplatedRoute route, String name, String value) {
        return value(route, name, "").equals(value);
    }

    /** @param usual as the template says */
    static String value(TemplatedRoute route, String name, String usual) {
        TemplatedRoute.Parameter parameter = route.parameters().get(name);
        return parameter == null ? usual : parameter.value();
    }

    private static void checkChoice(TemplatedRoute route, String name, String one, String other, List<String> faults) {
        String value = value(route, name, one);
        if (!value.equals(one) && !value.equals(other)) {
            faults.add(route.parameters().get(name).place() + ": " + name + ": expected " + one + " or " + other
                    + ", found '" + Printable.of(value) + "'");
        }
    }

    private static String taken(List<TemplatedRoute> routes) {
        List<String> includes = routes.stream()
                .map(route -> value(route, INCLUDE, EVERY_NAME))
                .distinct()
                .toList();
        if (includes.contains(EVERY_NAME)) {
            return null;
        }
        return includes.size() == 1
                ? includes.get(0)
                : includes.stream().map(each -> "(?:" + each + ")").collect(Collectors.joining("|"));
    }

    private static String folder(SiteHome home, TemplatedRoute route) {
        Path folder = home.resolve(route.parameters().get(DIRECTORY).value());
        return home.folder().relativize(folder).toString();
    }

    private static void checkRecipients(
            TemplatedRoute.Parameter parameter,
            Map<SiteId, PostQuantum> known,
            Path settingsFile,
            List<String> faults) {
        Set<SiteId> seen = new HashSet<>();
        for (String text : parameter.value().split(",", -1)) {
            SiteId recipient;
            try {
                recipient = SiteId.of(text.strip());
            } catch (IllegalArgumentException e) {
                faults.add(parameter.place() + ": recipients: " + e.getMessage()
                        + ". Write several with commas between them, such as CA-RC,SF-RC");
                continue;
            }
            if (!known.containsKey(recipient)) {
                faults.add(parameter.place() + ": recipients: expected some of " + known.keySet() + ", found "
                        + recipient + ". Correct the name, or add recipient." + recipient + "=ROUTING_KEY to "
                        + settingsFile);
            } else if (!seen.add(recipient)) {
                faults.add(parameter.place() + ": recipients: expected each site once, found " + recipient
                        + " twice. Remove one");
            }
        }
        if (seen.stream().anyMatch(each -> known.get(each) == PostQuantum.REQUIRED)
                && seen.stream().anyMatch(each -> known.get(each) == PostQuantum.OFF)) {
            faults.add(parameter.place() + ": recipients: expected the same post-quantum policy of all, found required"
                    + " and off: one file cannot have keys of both kinds. Make two routes, or correct " + settingsFile);
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

    private static void checkExpect(TemplatedRoute.Parameter expect, List<String> faults) {
        if (expect != null) {
            try {
                Expect.of(expect.value());
            } catch (IllegalArgumentException e) {
                faults.add(expect.place() + ": " + Expect.PARAMETER + ": " + e.getMessage());
            }
        }
    }

    private static void checkType(TemplatedRoute.Parameter type, List<String> faults) {
        if (type != null && !MessageId.isOne("XX_" + type.value() + "_20251008_001")) {
            faults.add(type.place() + ": type: expected 2 to 16 capital letters and digits such as DAT, found '"
                    + Printable.of(type.value()) + "'");
        }
    }
}
