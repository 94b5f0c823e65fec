package io.saddlebag.lab.metrics;

import io.saddlebag.lab.keys.PinnedKeys;
import io.saddlebag.lab.message.OutgoingMessage.State;
import io.saddlebag.lab.records.FailedCount;
import io.saddlebag.lab.records.LabFolders;
import io.saddlebag.lab.scan.DropComponent;
import io.saddlebag.log.WorkUnderWay;
import io.saddlebag.message.SiteId;
import io.saddlebag.observe.LinkWatch;
import io.saddlebag.observe.SiteStatus.Failed;
import io.saddlebag.observe.SiteStatus.Link;
import io.saddlebag.observe.SiteStatus.Route;
import io.saddlebag.observe.SiteStatus.Troubles;
import io.saddlebag.observe.SiteStatus.UnderWay;
import io.saddlebag.observe.SiteStatus.Verdicts;
import io.saddlebag.observe.SiteStatus.Waiting;
import io.saddlebag.observe.StatusSource;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;

/** A laboratory's part of its status. */
public final class LabStatus implements StatusSource {
    private final SiteHome home;
    private final LinkWatch link;
    private final FailedCount failed;
    private final PinnedKeys pinned;
    private final MetricSteps steps;
    private final WorkUnderWay underWay;
    private final Supplier<CamelContext> context;

    /** @param context of the routes; asked for once they have started */
    public LabStatus(
            SiteHome home,
            LinkWatch link,
            LabFolders folders,
            PinnedKeys pinned,
            MetricSteps steps,
            WorkUnderWay underWay,
            Supplier<CamelContext> context) {
        this.home = home;
        this.link = link;
        this.failed = new FailedCount(folders);
        this.pinned = pinned;
        this.steps = steps;
        this.underWay = underWay;
        this.context = context;
    }

    @Override
    public String role() {
        return "laboratory";
    }

    @Override
    public Map<String, Path> volumes() {
        return Map.of("home", home.folder(), "work", home.work(), "sent", home.resolve("sent"));
    }

    @Override
    public long in() {
        return steps.traffic().messages();
    }

    @Override
    public long out() {
        return steps.sentMessages();
    }

    @Override
    public Map<String, Instant> remembered() {
        return steps.traffic().remembered();
    }

    @Override
    public void restore(Map<String, Instant> remembered) {
        steps.traffic().restore(remembered);
    }

    @Override
    public Link link() {
        return link.now();
    }

    @Override
    public List<Waiting> waiting() {
        List<Waiting> waiting = new ArrayList<>();
        steps.counts().waiting().forEach((state, files) -> {
            if (files.count() > 0) {
                waiting.add(new Waiting(
                        "files",
                        state.name().toLowerCase(Locale.ROOT),
                        files.count(),
                        files.bytes(),
                        files.oldest(),
                        reason(state)));
            }
        });
        long receipts = steps.counts().unreceipted();
        if (receipts > 0) {
            waiting.add(new Waiting("receipts", "pending", receipts, 0, null, null));
        }
        return waiting;
    }

    private String reason(State state) {
        Link now = link.now();
        if (!now.isUp()) {
            return "no connection to headquarters since " + now.since() + ": " + now.error();
        }
        for (SiteId recipient : state == State.CLAIMED ? pinned.recipients() : List.<SiteId>of()) {
            PinnedKeys.State keys = pinned.state(recipient);
            if (!keys.isUsable()) {
                return "those for " + recipient + " wait for its key bundle, which is " + keys.text();
            }
        }
        return null;
    }

    @Override
    public List<UnderWay> underWay() {
        return UnderWay.all("out", underWay.look(), Instant.now());
    }

    @Override
    public List<Route> routes() {
        return context.get().getRoutes().stream()
                .flatMap(route -> DropComponent.dropOf(route).stream().map(drop -> steps.traffic()
                        .of(route.getRouteId(), home.nameOf(drop.folder()), drop.expectSeconds())))
                .toList();
    }

    @Override
    public Failed failed() {
        try {
            failed.look();
            return new Failed(failed.count(), failed.newest());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Troubles troubles() {
        return new Troubles(
                Map.of(),
                keysUnusable(),
                List.of(),
                steps.receiptFaults(),
                steps.newestReceiptFault(),
                null,
                steps.newestRejection() == null
                        ? null
                        : new Verdicts(steps.rejections(), steps.newestRejection(), Map.of()));
    }

    /** One that never had a bundle is no fault yet: its centre is still to come. Files for it say why they wait. */
    private Map<String, String> keysUnusable() {
        Map<String, String> unusable = new TreeMap<>();
        for (SiteId recipient : pinned.recipients()) {
            PinnedKeys.State state = pinned.state(recipient);
            if (!state.isUsable() && pinned.isKnown(recipient)) {
                unusable.put(recipient.value(), state.text());
            }
        }
        return unusable;
    }
}
