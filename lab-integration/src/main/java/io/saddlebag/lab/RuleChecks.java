package io.saddlebag.lab;

import io.saddlebag.lab.claim.DropRules;
import io.saddlebag.lab.message.DropContext;
import io.saddlebag.site.camel.TemplatedRoute;
import java.util.List;
import java.util.function.Consumer;

/** Judges the parameters of a drop folder's route that {@link DropRules} reads, each and together. */
final class RuleChecks {
    private static final String RECURSIVE = "recursive";

    private RuleChecks() {}

    /** @param faults takes one line a fault: file, line, remedy */
    static void check(TemplatedRoute route, List<String> faults) {
        judge(route, DropRules.COMPLETE_WHEN, DropRules::completeWhen, faults);
        judge(route, DropRules.QUIET, DropRules::quiet, faults);
        judge(route, DropRules.EXCLUDE, DropRules::exclude, faults);
        judge(route, DropRules.TAKE, DropRules::copies, faults);
        boolean isByStem = LabRoutes.is(route, DropContext.GROUP, DropContext.STEM);
        for (String name : List.of(DropRules.COMPLETE_WHEN, DropRules.EXCLUDE)) {
            if (isByStem && isSet(route, name)) {
                fault(
                        route,
                        name,
                        "expected a route of folders, found group: stem, which makes messages of files. Remove one of both",
                        faults);
            }
        }
        if (isSet(route, DropRules.EXCLUDE)
                && !isSet(route, DropRules.COMPLETE_WHEN)
                && LabRoutes.is(route, RECURSIVE, "true")) {
            fault(
                    route,
                    DropRules.EXCLUDE,
                    "expected a route of folders, found recursive: true, which takes the files in them. Add "
                            + DropRules.COMPLETE_WHEN + ", or remove one of both",
                    faults);
        }
        checkMarks(route, faults);
    }

    /** Once taken away, the file would be missing when the folder is put back. */
    private static void checkMarks(TemplatedRoute route, List<String> faults) {
        if (!isSet(route, DropRules.EXCLUDE) || !isSet(route, DropRules.COMPLETE_WHEN)) {
            return;
        }
        DropRules rules;
        try {
            rules = DropRules.of(
                    LabRoutes.value(route, DropRules.COMPLETE_WHEN, DropRules.NONE),
                    DropRules.SETTLE_TIME,
                    LabRoutes.value(route, DropRules.EXCLUDE, DropRules.NONE),
                    DropRules.MOVE);
        } catch (IllegalArgumentException e) {
            // It is among the faults already.
            return;
        }
        rules.completeWhen().stream()
                .flatMap(List::stream)
                .map(Object::toString)
                .filter(rules::isExcluded)
                .findFirst()
                .ifPresent(each -> fault(
                        route,
                        DropRules.EXCLUDE,
                        "expected patterns that leave the files of " + DropRules.COMPLETE_WHEN
                                + ", found one that matches " + each + ". Correct it",
                        faults));
    }

    /** With files of one route and folders of another the first would take files out of incomplete folders. */
    static void checkSameKind(String folder, List<TemplatedRoute> routes, List<String> faults) {
        for (TemplatedRoute route : routes) {
            if (isSet(route, DropRules.COMPLETE_WHEN) != isSet(routes.get(0), DropRules.COMPLETE_WHEN)) {
                faults.add(route.place() + ": " + DropRules.COMPLETE_WHEN + ": expected it in every route of " + folder
                        + " or in none, found both. Correct one, or give one a folder of its own");
            }
        }
    }

    private static boolean isSet(TemplatedRoute route, String name) {
        return !LabRoutes.value(route, name, DropRules.NONE).equals(DropRules.NONE);
    }

    private static void judge(TemplatedRoute route, String name, Consumer<String> reader, List<String> faults) {
        TemplatedRoute.Parameter parameter = route.parameters().get(name);
        if (parameter != null) {
            try {
                reader.accept(parameter.value());
            } catch (IllegalArgumentException e) {
                fault(route, name, e.getMessage(), faults);
            }
        }
    }

    private static void fault(TemplatedRoute route, String name, String text, List<String> faults) {
        faults.add(route.parameters().get(name).place() + ": " + name + ": " + text);
    }
}
