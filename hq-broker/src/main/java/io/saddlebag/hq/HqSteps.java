package io.saddlebag.hq;

import io.saddlebag.clock.RunningTime;
import io.saddlebag.hq.chain.SenderChains;
import io.saddlebag.hq.consume.Acknowledge;
import io.saddlebag.hq.consume.FindInFlight;
import io.saddlebag.hq.consume.MatchReceipt;
import io.saddlebag.hq.consume.ReadReceipt;
import io.saddlebag.hq.consume.Reject;
import io.saddlebag.hq.consume.Subscribe;
import io.saddlebag.hq.consume.Unsubscribe;
import io.saddlebag.hq.deliver.Dispatcher;
import io.saddlebag.hq.deliver.Settlements;
import io.saddlebag.hq.deliver.Subscription;
import io.saddlebag.hq.frames.Confirm;
import io.saddlebag.hq.frames.IsAction;
import io.saddlebag.hq.frames.NameAction;
import io.saddlebag.hq.frames.OpenSession;
import io.saddlebag.hq.frames.TakeTurn;
import io.saddlebag.hq.publish.CheckBody;
import io.saddlebag.hq.publish.CheckRoom;
import io.saddlebag.hq.publish.CommitMessage;
import io.saddlebag.hq.publish.FindUpload;
import io.saddlebag.hq.publish.ForgetUploads;
import io.saddlebag.hq.publish.FreeSpace;
import io.saddlebag.hq.publish.MatchManifest;
import io.saddlebag.hq.publish.OpenOrResume;
import io.saddlebag.hq.publish.PermitPublish;
import io.saddlebag.hq.publish.ReadManifest;
import io.saddlebag.hq.publish.ReadSend;
import io.saddlebag.hq.publish.ReadUnverified;
import io.saddlebag.hq.publish.RouteManifest;
import io.saddlebag.hq.publish.Submission;
import io.saddlebag.hq.publish.TakePart;
import io.saddlebag.hq.publish.Uploads;
import io.saddlebag.hq.queue.CompareQueues;
import io.saddlebag.hq.queue.GiveUpDoubtful;
import io.saddlebag.hq.queue.QueueIndex;
import io.saddlebag.hq.queue.TakeChanges;
import io.saddlebag.hq.queue.TellTraffic;
import io.saddlebag.hq.receipts.FollowReceipts;
import io.saddlebag.hq.receipts.ReceiptFollowers;
import io.saddlebag.hq.routing.LiveTopology;
import io.saddlebag.hq.routing.Router;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.session.SessionLimits;
import io.saddlebag.hq.session.Sessions;
import io.saddlebag.hq.store.ConfirmedMessages;
import io.saddlebag.hq.store.DoubtLimit;
import io.saddlebag.hq.store.MessageStore;
import io.saddlebag.hq.store.PayloadStore;
import io.saddlebag.hq.store.SoleUse;
import io.saddlebag.hq.store.commit.CommitWriter;
import io.saddlebag.message.Sha256;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.camel.Predicate;
import org.apache.camel.Processor;

/**
 * The steps of headquarters' routes by the names that the routes call them by, wired over a store: routing, queues,
 * dispatch, settlement. Threads and clock come from outside, so that a simulation drives the very same wiring on one
 * thread. Made once, by one thread; the queues are loaded from the store at once.
 */
public final class HqSteps {
    private final Ground ground;
    private final QueueIndex index;
    private final Sessions sessions;
    private final Dispatcher dispatcher;
    private final SenderChains chains = new SenderChains();
    private FollowReceipts followReceipts;
    private final Map<String, Object> byName = new LinkedHashMap<>();

    /** What the steps stand on. */
    public record Ground(
            LiveTopology topology, Sha256 networkId, Stores stores, Threads threads, RunningTime time, Limits limits) {}

    /** What is kept; the writer has started. */
    public record Stores(MessageStore messages, PayloadStore payloads, CommitWriter writer) {}

    /**
     * Where it is done.
     *
     * @param work for what sessions send; may block
     * @param dispatch for what goes to subscriptions; may block
     * @param later for what happens after a pause
     */
    public record Threads(Executor work, Executor dispatch, ScheduledExecutorService later) {}

    /**
     * How much is allowed.
     *
     * @param indexCapacity ready deliveries held in memory per queue and priority
     * @param uploadAge how long parts of a message are kept that nobody goes on with
     * @param freeSpace whether the disk has room for more
     */
    public record Limits(SessionLimits session, int indexCapacity, Duration uploadAge, FreeSpace freeSpace) {
        /** With a disk that is never full. */
        public Limits(SessionLimits session, int indexCapacity, Duration uploadAge) {
            this(session, indexCapacity, uploadAge, FreeSpace.UNWATCHED);
        }
    }

    public HqSteps(Ground ground) {
        this.ground = ground;
        Stores stores = ground.stores();
        ConfirmedMessages confirmed = new ConfirmedMessages(stores.messages(), stores.writer()::confirmedUpTo);
        index = new QueueIndex(
                confirmed::queued, ground.threads().dispatch(), ground.limits().indexCapacity());
        dispatcher = new Dispatcher(index);
        index.apply(ground.topology().current().rules());
        index.load(ground.topology().current().queues().keySet());
        sessions = new Sessions(
                ground.limits().session(),
                dispatcher,
                ground.threads().work(),
                site -> ground.topology().current().limitsOf(site),
                ground.threads().later());
        addSessions();
        addSettlements();
        addPublish(confirmed);
    }

    private void addSessions() {
        byName.putAll(IsAction.all());
        byName.put("openSession", new OpenSession(sessions, ground.topology()));
        byName.put("nameAction", new NameAction());
        byName.put("takeTurn", new TakeTurn());
        byName.put("unsubscribe", new Unsubscribe());
        byName.put("refreshTopology", (Processor) exchange -> ground.topology().refresh());
        byName.put("compareQueues", new CompareQueues(index));
        byName.put("tellTraffic", new TellTraffic(index));
    }

    private void addSettlements() {
        PayloadStore payloads = ground.stores().payloads();
        Settlements settlements = new Settlements(
                index, ground.stores().writer()::settle, ground.threads().later(), ground.time());
        ReceiptFollowers receipts =
                new ReceiptFollowers(ground.threads().later(), ground.threads().dispatch());
        settlements.onSettled(receipts::settled);
        followReceipts = new FollowReceipts(receipts);
        byName.put("followReceipts", followReceipts);
        Subscription.Parts parts = new Subscription.Parts(
                index,
                payloads,
                ground.threads().dispatch(),
                settlements,
                ground.time().wall(),
                ground.stores().writer().use());
        byName.put("subscribe", new Subscribe(ground.topology(), parts));
        byName.put("findInFlight", new FindInFlight());
        byName.put("isReceipted", (Predicate) exchange -> exchange.getProperty(HqProperties.RECEIPT) != null);
        byName.put("readReceipt", new ReadReceipt());
        byName.put("matchReceipt", new MatchReceipt(ground.networkId(), payloads));
        byName.put("acknowledge", new Acknowledge(settlements));
        byName.put("reject", new Reject(settlements));
        byName.put("expireDeliveries", (Processor) exchange -> settlements.expireWhatIsOver());
        byName.put(
                "giveUpDoubtful",
                whileHeld(new GiveUpDoubtful(
                        new DoubtLimit(ground.stores().messages(), ground.time()),
                        ground.time().wall(),
                        receipts::settled)));
        byName.put("takeChanges", whileHeld(new TakeChanges(ground.stores().messages(), payloads, index)));
    }

    /** A step that changes the database by itself: not while another headquarters may have it. */
    private Processor whileHeld(Processor step) {
        SoleUse use = ground.stores().writer().use();
        return exchange -> {
            if (use.isHeld()) {
                step.process(exchange);
            }
        };
    }

    private void addPublish(ConfirmedMessages confirmed) {
        MessageStore messages = ground.stores().messages();
        PayloadStore payloads = ground.stores().payloads();
        Uploads uploads = new Uploads(payloads, ground.limits().freeSpace());
        byName.put("readSend", new ReadSend());
        byName.put("permitPublish", new PermitPublish(ground.topology()));
        byName.put("readUnverified", new ReadUnverified());
        byName.put("readManifest", new ReadManifest());
        byName.put("matchManifest", new MatchManifest(ground.networkId(), messages, ground.time()));
        byName.put("routeManifest", new RouteManifest(new Router(ground.topology()), confirmed));
        byName.put(
                "checkRoom",
                new CheckRoom(ground.topology(), index, ground.limits().freeSpace()));
        byName.put("lookAtSpace", ground.limits().freeSpace());
        byName.put("checkBody", new CheckBody());
        byName.put("openUpload", new OpenOrResume(confirmed, uploads, chains));
        byName.put("findUpload", new FindUpload(uploads));
        byName.put("takePart", new TakePart(uploads));
        byName.put(
                "commitMessage",
                new CommitMessage(
                        ground.stores().writer(), index, chains, ground.time().wall()));
        byName.put("isWhole", (Predicate) exchange -> Submission.of(exchange).isWhole());
        byName.put("confirm", new Confirm());
        byName.put("forgetUploads", new ForgetUploads(payloads, ground.limits().uploadAge(), ground.time()));
    }

    /** Every step and predicate, by the name that the routes call it by. */
    public Map<String, Object> byName() {
        return byName;
    }

    public Sessions sessions() {
        return sessions;
    }

    public Dispatcher dispatcher() {
        return dispatcher;
    }

    /** Who listens for receipts, for the step that answers those who ask. */
    public FollowReceipts followReceipts() {
        return followReceipts;
    }

    /** The newest message of each sender to each receiver. */
    public SenderChains chains() {
        return chains;
    }

    public QueueIndex index() {
        return index;
    }
}
