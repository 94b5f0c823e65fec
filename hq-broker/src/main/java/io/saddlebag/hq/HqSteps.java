package io.saddlebag.hq;

import io.saddlebag.clock.RunningTime;
import io.saddlebag.hq.consume.SettleSteps;
import io.saddlebag.hq.consume.SubscribeSteps;
import io.saddlebag.hq.deliver.Dispatcher;
import io.saddlebag.hq.deliver.Settlements;
import io.saddlebag.hq.deliver.Subscription;
import io.saddlebag.hq.frames.FrameSteps;
import io.saddlebag.hq.metrics.HqStatus;
import io.saddlebag.hq.metrics.MetricSteps;
import io.saddlebag.hq.publish.CommitMessage;
import io.saddlebag.hq.publish.FreeSpace;
import io.saddlebag.hq.publish.JudgeSteps;
import io.saddlebag.hq.publish.UploadSteps;
import io.saddlebag.hq.publish.Uploads;
import io.saddlebag.hq.queue.QueueIndex;
import io.saddlebag.hq.queue.UpkeepSteps;
import io.saddlebag.hq.receipts.ReceiptFollowers;
import io.saddlebag.hq.receipts.SenderChains;
import io.saddlebag.hq.routing.LiveTopology;
import io.saddlebag.hq.session.InFlightBudget;
import io.saddlebag.hq.session.Session;
import io.saddlebag.hq.session.Sessions;
import io.saddlebag.hq.shared.OtherNodes;
import io.saddlebag.hq.store.ConfirmedMessages;
import io.saddlebag.hq.store.DoubtLimit;
import io.saddlebag.hq.store.MessageStore;
import io.saddlebag.hq.store.Outage;
import io.saddlebag.hq.store.PayloadStore;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.Settlement;
import io.saddlebag.hq.store.commit.CommitWriter;
import io.saddlebag.hq.store.sql.PostgresMessageStore;
import io.saddlebag.message.Sha256;
import io.saddlebag.observe.SiteMetrics;
import io.saddlebag.site.camel.AsyncStep;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BiConsumer;
import org.apache.camel.Predicate;
import org.apache.camel.Processor;

/**
 * The steps of headquarters' routes by the names that the routes use, wired over a store: routing, queues, dispatch,
 * settlement. The caller passes threads and clock, so that a simulation drives the same wiring on one thread. Made by one
 * thread; the constructor starts to load the queues from the store.
 */
public final class HqSteps {
    private final LiveTopology topology;
    private final Sha256 networkId;
    private final Stores stores;
    private final Threads threads;
    private final RunningTime time;
    private final Limits limits;
    private final ConfirmedMessages confirmed;
    private final QueueIndex index;
    private final Dispatcher dispatcher;
    private final Sessions sessions;
    private final SenderChains chains = new SenderChains();
    private final ReceiptFollowers receipts;
    private final MetricSteps metrics = new MetricSteps();
    private final Map<String, Object> byName = new LinkedHashMap<>();

    /**
     * The opened stores.
     *
     * @param writer has started
     * @param outage logs a store that does not answer
     */
    public record Stores(MessageStore messages, PayloadStore payloads, CommitWriter writer, Outage outage) {}

    /**
     * The threads of each kind of work.
     *
     * @param work for frames of sessions: signatures, digests, parts written; may block
     * @param dispatch for frames to subscriptions: payloads read, backlogs paged in; may block
     * @param later for short tasks after a pause
     */
    public record Threads(Executor work, Executor dispatch, ScheduledExecutorService later) {}

    /**
     * The limits that settings set.
     *
     * @param inFlightTotal bytes of unanswered frames of all sites together
     * @param indexCapacity ready deliveries held in memory per queue and priority
     * @param uploadAge how long the parts of a message are kept after the last one came
     */
    public record Limits(
            Session.Limits session, long inFlightTotal, int indexCapacity, Duration uploadAge, FreeSpace freeSpace) {}

    public HqSteps(
            LiveTopology topology, Sha256 networkId, Stores stores, Threads threads, RunningTime time, Limits limits) {
        this.topology = topology;
        this.networkId = networkId;
        this.stores = stores;
        this.threads = threads;
        this.time = time;
        this.limits = limits;
        confirmed = new ConfirmedMessages(stores.messages(), stores.writer()::confirmedUpTo);
        index = new QueueIndex(confirmed::queued, threads.dispatch(), limits.indexCapacity());
        dispatcher = new Dispatcher(index);
        index.apply(topology.current().rules());
        index.load(topology.current().queues().keySet());
        sessions = new Sessions(
                limits.session(),
                dispatcher,
                threads.work(),
                site -> topology.current().limitsOf(site),
                threads.later(),
                new InFlightBudget(limits.inFlightTotal()));
        stores.writer().onCommit(metrics::committed);
        receipts = new ReceiptFollowers(threads.later(), threads.dispatch());
        addFrames();
        addPublish();
        addDeliveries();
    }

    private void add(String name, Processor step) {
        byName.put(name, step);
    }

    private void addFrames() {
        FrameSteps frames = new FrameSteps(sessions, topology, stores.outage());
        byName.putAll(FrameSteps.predicates());
        add("openSession", frames::openSession);
        add("nameAction", frames::nameAction);
        byName.put("takeTurn", (AsyncStep) frames::takeTurn);
        add("confirm", frames::confirm);
        add("refuse", frames::refuse);
        add("refreshTopology", exchange -> topology.refresh());
        add("lookAtSpace", exchange -> limits.freeSpace().look());
    }

    private void addPublish() {
        JudgeSteps judge =
                new JudgeSteps(topology, networkId, stores.messages(), confirmed, index, limits.freeSpace(), time);
        add("readSend", judge::readSend);
        add("permitPublish", judge::permitPublish);
        add("readUnverified", judge::readUnverified);
        add("readManifest", judge::readManifest);
        add("matchManifest", judge::matchManifest);
        add("routeManifest", judge::routeManifest);
        add("checkRoom", judge::checkRoom);
        add("checkBody", judge::checkBody);
        byName.put("isWhole", (Predicate) judge::isWhole);
        UploadSteps uploads = new UploadSteps(
                confirmed,
                new Uploads(stores.payloads(), limits.freeSpace(), time.wall()),
                chains,
                stores.payloads(),
                limits.uploadAge(),
                time);
        add("openUpload", uploads::openUpload);
        add("findUpload", uploads::findUpload);
        add("takePart", uploads::takePart);
        add("forgetUploads", uploads::forgetUploads);
        add(
                "commitMessage",
                new CommitMessage(stores.writer(), index, chains, time.wall(), metrics::stored, receipts::repeated));
        add("countRejected", metrics::countRejected);
    }

    private void addDeliveries() {
        Settlements settlements = new Settlements(index, stores.writer()::settle, threads.later(), time);
        BiConsumer<QueuedDelivery, Settlement> settled = (delivery, settlement) -> {
            receipts.settled(delivery, settlement);
            metrics.settled(delivery, settlement);
        };
        settlements.onSettled(settled);
        SubscribeSteps subscribe = new SubscribeSteps(
                topology,
                new Subscription.Parts(
                        index,
                        stores.payloads(),
                        threads.dispatch(),
                        settlements,
                        time.wall(),
                        stores.writer().use()));
        add("subscribe", subscribe::subscribe);
        add("resumeParts", subscribe::resumeParts);
        add("unsubscribe", subscribe::unsubscribe);
        SettleSteps settle = new SettleSteps(networkId, stores.payloads(), settlements);
        add("findInFlight", settle::findInFlight);
        byName.put("isReceipted", (Predicate) settle::isReceipted);
        add("readReceipt", settle::readReceipt);
        add("matchReceipt", settle::matchReceipt);
        byName.put("acknowledge", (AsyncStep) settle::acknowledge);
        byName.put("reject", (AsyncStep) settle::reject);
        UpkeepSteps upkeep = new UpkeepSteps(
                index,
                stores.messages(),
                stores.payloads(),
                stores.writer().use(),
                new DoubtLimit(stores.messages(), time),
                time.wall(),
                settled,
                settlements::discard);
        add("expireDeliveries", exchange -> settlements.expireWhatIsOver());
        add("giveUpDoubtful", upkeep::giveUpDoubtful);
        add("takeChanges", upkeep::takeChanges);
        add("tellTraffic", upkeep::tellTraffic);
        String countWaiting = PostgresMessageStore.countWaiting(stores.writer().home());
        add("askWaiting", exchange -> exchange.getMessage().setBody(countWaiting));
        add("compareQueues", upkeep::compareQueues);
        add("countDeadLetters", metrics::countDeadLetters);
    }

    /** Every step and predicate, by the name that the routes use. */
    public Map<String, Object> byName() {
        return byName;
    }

    /** Adds headquarters' own figures to those of the site. */
    void registerIn(SiteMetrics site) {
        metrics.register(site.registry(), index, dispatcher, sessions);
    }

    /**
     * Its status.
     *
     * @param volumes folders whose disk matters, by name
     * @param others null at the single headquarters
     */
    HqStatus status(Map<String, Path> volumes, OtherNodes others) {
        return new HqStatus(volumes, index, dispatcher, sessions, topology, metrics, time.wall(), others);
    }

    Sessions sessions() {
        return sessions;
    }

    public Dispatcher dispatcher() {
        return dispatcher;
    }

    ReceiptFollowers receipts() {
        return receipts;
    }

    /** The newest message of each sender to each receiver. */
    SenderChains chains() {
        return chains;
    }

    /** The store as far as it is confirmed. */
    ConfirmedMessages confirmed() {
        return confirmed;
    }

    public QueueIndex index() {
        return index;
    }
}
