package io.saddlebag.rc;

import io.saddlebag.check.HomeChecks;
import io.saddlebag.clock.RunningTime;
import io.saddlebag.files.DroppedName;
import io.saddlebag.identity.Role;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import io.saddlebag.observe.site.SiteObserver;
import io.saddlebag.rc.intake.QueueEndpoint;
import io.saddlebag.rc.outbox.OutboxNames;
import io.saddlebag.seal.AgeKeyFile;
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
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Judges the home of a research centre as its start does, and starts nothing. */
public final class RcCheck implements NameTrial {
    /** The template of an outbox's route. */
    public static final String OUTBOX = "outbox";

    private final Settings settings;
    private final List<TemplatedRoute> outboxes;

    private RcCheck(Settings settings, List<TemplatedRoute> outboxes) {
        this.settings = settings;
        this.outboxes = outboxes;
    }

    /** @return empty when settings or routes have a fault */
    public static Optional<NameTrial> run(
            SiteHome home, Map<String, String> overrides, RunningTime time, SiteCheck check) {
        Optional<HomeTrust> trust = check.judge(() -> HomeTrust.require(home));
        Optional<Settings> read = check.judge(() -> Settings.load(home, RcSettings.ALL, overrides));
        if (read.isEmpty()) {
            check.judge(() -> RouteFiles.require(home, RcApplication.ROUTE_FOLDERS));
            return Optional.empty();
        }
        Settings settings = read.get();
        check.judge(() -> LinkedSiteSettings.link(settings));
        check.judge(() -> LinkedSiteSettings.folderLimits(settings));
        SiteObserver.judge(settings, check);
        check.judge(() -> RcSettings.acceptMissing(settings));
        Optional<Set<Path>> outboxes = check.judge(() -> RcRoutes.check(settings, RcApplication.ROUTE_FOLDERS));
        if (trust.isPresent() && outboxes.isPresent()) {
            check.require(() -> trust.get().requireFile(settings.path(OwnIdentity.PASSPHRASE_FILE.name())));
            check.require(() -> trust.get().requireShared(outboxes.get()));
            check.require(() -> RouteTrial.run(settings, RcApplication.ROUTE_FOLDERS));
        }
        check.judge(() -> OwnIdentity.look(settings, Role.CENTRE, time));
        check.judge(() -> AgeKeyFile.load(home.identity().resolve("age.key"), OwnIdentity.passphrase(settings)));
        return outboxes.isEmpty()
                ? Optional.empty()
                : check.judge(() ->
                        new RcCheck(settings, RcRoutes.outboxes(RouteFiles.read(home, RcApplication.ROUTE_FOLDERS))));
    }

    /** Each outbox's. */
    @Override
    public List<Answer> answers(String fileName) {
        try {
            return answers(fileName, null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public List<Answer> answers(Path file) throws IOException {
        return answers(file.getFileName().toString(), file);
    }

    /** @param content null when there is none to check */
    private List<Answer> answers(String fileName, Path content) throws IOException {
        HomeChecks checks = new HomeChecks(settings.home());
        SiteId sender;
        String payload;
        try {
            String stem = DroppedName.stem(fileName);
            MessageId messageId = MessageId.of(stem);
            sender = messageId.sender();
            payload = OutboxNames.payload(messageId, fileName);
        } catch (IllegalArgumentException | Refusal e) {
            return List.of(new Answer(
                    false, Printable.of(fileName) + ": no message has that name: " + Printable.reason(e.getMessage())));
        }
        List<Answer> answers = new ArrayList<>();
        for (TemplatedRoute outbox : outboxes) {
            String queue = outbox.parameters().get("queue").value();
            String directory =
                    settings.filled(outbox.parameters().get("directory").value());
            TemplatedRoute.Parameter accepted = outbox.parameters().get("accept-from");
            Set<SiteId> senders =
                    accepted == null ? Set.of() : QueueEndpoint.senders(settings.filled(accepted.value()));
            boolean isTaken = senders.isEmpty() || senders.contains(sender);
            String check = RcRoutes.check(outbox, settings);
            List<String> faults =
                    isTaken && check != null && content != null ? checks.faults(check, content) : List.of();
            String there = isTaken
                    ? Printable.of(directory + "/" + sender + "/" + payload)
                    : "refused: accept-from names " + senders + " alone";
            answers.add(new Answer(
                    isTaken && faults.isEmpty(),
                    Printable.of(queue) + ": "
                            + (faults.isEmpty() ? there : HomeChecks.refused("dead letter", check, faults))));
        }
        return answers;
    }
}
