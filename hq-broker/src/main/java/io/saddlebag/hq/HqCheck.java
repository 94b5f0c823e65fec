package io.saddlebag.hq;

import io.saddlebag.clock.RunningTime;
import io.saddlebag.files.DroppedName;
import io.saddlebag.hq.routing.LiveTopology;
import io.saddlebag.hq.routing.Topology;
import io.saddlebag.identity.Role;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.SiteId;
import io.saddlebag.observe.site.SiteObserver;
import io.saddlebag.site.HomeTrust;
import io.saddlebag.site.NameTrial;
import io.saddlebag.site.OwnIdentity;
import io.saddlebag.site.PostQuantumTls;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteCheck;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.site.camel.RouteTrial;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Judges the home of a headquarters as its start does, and starts nothing. */
public final class HqCheck implements NameTrial {
    private final Topology topology;

    private HqCheck(Topology topology) {
        this.topology = topology;
    }

    /** @return empty when settings or topology have a fault */
    public static Optional<NameTrial> run(
            SiteHome home, Map<String, String> overrides, RunningTime time, SiteCheck check) {
        Optional<HomeTrust> trust = check.judge(() -> HomeTrust.require(home));
        Optional<Settings> read = check.judge(() -> Settings.load(home, HqSettings.ALL, overrides));
        if (read.isEmpty()) {
            return Optional.empty();
        }
        Settings settings = read.get();
        check.judge(() -> PostQuantumTls.isRequired(settings));
        SiteObserver.judge(settings, check);
        check.judge(() -> HqApplication.frameLimits(settings));
        if (!settings.text(HqSettings.NODE).isEmpty()) {
            check.require(() -> NodeStore.requireSettings(settings));
        }
        if (trust.isPresent()) {
            for (String file : List.of(
                    OwnIdentity.PASSPHRASE_FILE.name(),
                    HqSettings.TOPOLOGY,
                    HqSettings.DATABASE_PASSWORD_FILE,
                    HqSettings.SPOOL)) {
                check.require(() -> trust.get().requireFile(settings.path(file)));
            }
            check.require(() -> RouteTrial.run(settings, HqApplication.routeFolders(settings)));
        }
        check.judge(() -> OwnIdentity.look(settings, Role.HQ, time));
        return check.judge(() -> topology(settings)).map(HqCheck::new);
    }

    private static Topology topology(Settings settings) throws SiteStartException {
        Path file = settings.path(HqSettings.TOPOLOGY);
        Topology topology = new LiveTopology(file).current();
        if (!settings.text(HqSettings.NODE).isEmpty()) {
            LiveTopology.requireUnordered(file.toString(), topology);
        }
        return topology;
    }

    /** The queues behind each exchange to which the sender of such a message may publish. */
    @Override
    public List<Answer> answers(String fileName) {
        SiteId sender;
        try {
            sender = MessageId.of(DroppedName.stem(fileName)).sender();
        } catch (IllegalArgumentException e) {
            return List.of(new Answer(
                    false, Printable.of(fileName) + ": no message has that name: " + Printable.reason(e.getMessage())));
        }
        if (!topology.knows(sender)) {
            return List.of(new Answer(false, sender + ": the topology has no such site; its connections are closed"));
        }
        List<Answer> answers = new ArrayList<>();
        for (String exchange : new TreeSet<>(topology.publishers().get(sender))) {
            topology.bindings()
                    .get(exchange)
                    .forEach((key, queues) -> queues.forEach(queue -> answers.add(new Answer(
                            true,
                            exchange + " by the key " + key + ": " + queue + " of "
                                    + topology.queues().get(queue)))));
        }
        return answers.isEmpty()
                ? List.of(new Answer(false, sender + ": it may publish to no exchange that leads to a queue"))
                : answers;
    }
}
