package io.saddlebag.lab;

import io.saddlebag.check.HomeChecks;
import io.saddlebag.clock.RunningTime;
import io.saddlebag.files.DroppedName;
import io.saddlebag.files.SystemFiles;
import io.saddlebag.identity.Role;
import io.saddlebag.lab.claim.DropRules;
import io.saddlebag.lab.keys.PostQuantum;
import io.saddlebag.lab.message.DropContext;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import io.saddlebag.observe.site.SiteObserver;
import io.saddlebag.site.HomeTrust;
import io.saddlebag.site.LinkedSiteSettings;
import io.saddlebag.site.NameTrial;
import io.saddlebag.site.OwnIdentity;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteCheck;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.camel.RouteFiles;
import io.saddlebag.site.camel.RouteTrial;
import io.saddlebag.site.camel.TemplatedRoute;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Judges the home of a laboratory as its start does, and starts nothing. */
public final class LabCheck implements NameTrial {
    /** The template of a drop folder's route. */
    public static final String DROP_FOLDER = "drop-folder";

    private static final int NAMES = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.DOTALL;

    private final Settings settings;
    private final LabRoutes routes;
    private final SystemFiles systemFiles;

    private LabCheck(Settings settings, LabRoutes routes, SystemFiles systemFiles) {
        this.settings = settings;
        this.routes = routes;
        this.systemFiles = systemFiles;
    }

    /** @return empty when settings or routes have a fault */
    public static Optional<NameTrial> run(
            SiteHome home, Map<String, String> overrides, RunningTime time, SiteCheck check) {
        Optional<HomeTrust> trust = check.judge(() -> HomeTrust.require(home));
        Optional<Settings> read = check.judge(() -> Settings.load(home, LabSettings.ALL, overrides));
        if (read.isEmpty()) {
            check.judge(() -> RouteFiles.require(home, LabApplication.ROUTE_FOLDERS));
            return Optional.empty();
        }
        Settings settings = read.get();
        check.judge(() -> LinkedSiteSettings.link(settings));
        check.judge(() -> LinkedSiteSettings.folderLimits(settings));
        SiteObserver.judge(settings, check);
        check.judge(() -> LabSettings.freshnessIsRequired(settings));
        check.judge(() -> LabSettings.acceptMissing(settings));
        check.judge(() -> LabSettings.withoutReceipts(settings));
        check.require(() -> settings.read(LabSettings.SENT_DELETE, LabSettings::retention));
        Optional<Map<SiteId, PostQuantum>> policies = check.judge(() -> LabSettings.postQuantum(
                settings, LabSettings.recipients(settings).keySet()));
        Optional<LabRoutes> routes = policies.isEmpty()
                ? Optional.empty()
                : check.judge(() -> LabRoutes.read(home, LabApplication.ROUTE_FOLDERS, policies.get()));
        if (trust.isPresent() && routes.isPresent()) {
            List<Path> roots = routes.get().folders().stream()
                    .map(folder -> home.resolve(folder.directory()))
                    .toList();
            check.require(() -> trust.get().requireFile(settings.path(OwnIdentity.PASSPHRASE_FILE.name())));
            check.require(() -> trust.get().requireParents(roots));
            check.require(() -> RouteTrial.run(settings, LabApplication.ROUTE_FOLDERS));
        }
        check.judge(() -> OwnIdentity.look(settings, Role.LAB, time));
        Optional<SystemFiles> ignored = check.judge(() -> LabSettings.systemFiles(settings));
        return ignored.isEmpty() ? Optional.empty() : routes.map(each -> new LabCheck(settings, each, ignored.get()));
    }

    /** Each drop folder's; the journal is not asked, so that a name that was used before counts as new. */
    @Override
    public List<Answer> answers(String name) {
        List<Answer> answers = new ArrayList<>();
        for (LabRoutes.DropFolder folder : routes.folders()) {
            answers.add(within(folder, answer(folder, taking(folder, name), name)));
        }
        return answers;
    }

    private static List<TemplatedRoute> taking(LabRoutes.DropFolder folder, String name) {
        return folder.routes().stream()
                .filter(route -> Pattern.compile(LabRoutes.value(route, LabRoutes.INCLUDE, LabRoutes.EVERY_NAME), NAMES)
                        .matcher(name)
                        .matches())
                .toList();
    }

    private static Answer within(LabRoutes.DropFolder folder, Answer answer) {
        return new Answer(answer.isTaken(), folder.directory() + ": " + answer.text());
    }

    @Override
    public List<Answer> answers(Path file) throws IOException {
        String name = file.getFileName().toString();
        HomeChecks checks = new HomeChecks(settings.home());
        List<Answer> answers = new ArrayList<>();
        for (LabRoutes.DropFolder folder : routes.folders()) {
            List<TemplatedRoute> taking = taking(folder, name);
            Answer answer = answer(folder, taking, name);
            String check = taking.isEmpty()
                    ? HomeChecks.NONE
                    : LabRoutes.value(taking.get(0), HomeChecks.PARAMETER, HomeChecks.NONE);
            List<String> faults =
                    answer.isTaken() && !check.equals(HomeChecks.NONE) ? checks.faults(check, file) : List.of();
            answers.add(within(
                    folder,
                    faults.isEmpty() ? answer : new Answer(false, HomeChecks.refused("failed/", check, faults))));
        }
        return answers;
    }

    private Answer answer(LabRoutes.DropFolder folder, List<TemplatedRoute> taking, String name) {
        SiteId own = settings.siteId(OwnIdentity.SITE_ID);
        if (DroppedName.isPassedOver(name, systemFiles)) {
            return new Answer(false, "ignored: hidden, a marker or a system file. It stays there; rename it");
        }
        boolean assigns = !taking.isEmpty()
                && LabRoutes.value(taking.get(0), DropContext.NAMING, "").equals(DropContext.ASSIGN);
        DroppedName judged;
        try {
            judged = assigns || taking.isEmpty() ? DroppedName.judgeAny(name, own) : DroppedName.judge(name, own);
        } catch (Refusal e) {
            return new Answer(false, "failed/, code " + e.code().text() + ": " + Printable.of(e.reason()));
        }
        if (taking.isEmpty()) {
            return new Answer(
                    false,
                    !folder.isWatchedForStrays()
                            ? "left alone: no route of this folder takes it; they take " + Printable.of(folder.taken())
                            : "failed/, code " + Refusal.Code.BAD_NAME.text()
                                    + ": no route of this folder takes it; they take " + Printable.of(folder.taken()));
        }
        return new Answer(true, told(taking, judged));
    }

    private String told(List<TemplatedRoute> taking, DroppedName judged) {
        TemplatedRoute route = taking.get(0);
        String id = judged.messageId() == null
                ? "the next id of the series " + settings.siteId(OwnIdentity.SITE_ID) + "_"
                        + LabRoutes.value(route, DropContext.TYPE, "DAT") + "_<day>_<number>"
                : judged.messageId().value();
        String places = taking.stream()
                .map(each -> (each.routeId() == null ? "without an id" : Printable.of(each.routeId())) + " ("
                        + each.place() + ")")
                .collect(Collectors.joining(" or of "));
        String whole = LabRoutes.value(route, DropRules.COMPLETE_WHEN, DropRules.NONE);
        String when = whole.equals(DropRules.NONE) ? "" : ", as a folder, when " + Printable.of(whole) + " is in it,";
        return "sent as " + id + when + " to " + LabRoutes.value(route, LabRoutes.RECIPIENTS, "") + " by the route "
                + places;
    }
}
