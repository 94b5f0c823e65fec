package io.saddlebag.hq;

import io.saddlebag.hq.keys.FollowKeys;
import io.saddlebag.hq.keys.KeyDirectory;
import io.saddlebag.hq.keys.ReadKeys;
import io.saddlebag.hq.keys.RegisterKeys;
import io.saddlebag.hq.publish.CheckBody;
import io.saddlebag.hq.publish.CommitMessage;
import io.saddlebag.hq.publish.Confirm;
import io.saddlebag.hq.publish.FindUpload;
import io.saddlebag.hq.publish.ForgetUploads;
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
import io.saddlebag.hq.queue.Dispatcher;
import io.saddlebag.hq.queue.QueueIndex;
import io.saddlebag.hq.queue.Settlements;
import io.saddlebag.hq.queue.Subscription;
import io.saddlebag.hq.routing.LiveTopology;
import io.saddlebag.hq.routing.Router;
import io.saddlebag.hq.session.Acknowledge;
import io.saddlebag.hq.session.FindInFlight;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.session.IsAction;
import io.saddlebag.hq.session.MatchReceipt;
import io.saddlebag.hq.session.NameAction;
import io.saddlebag.hq.session.OpenSession;
import io.saddlebag.hq.session.ReadReceipt;
import io.saddlebag.hq.session.Refuse;
import io.saddlebag.hq.session.Reject;
import io.saddlebag.hq.session.SessionLimits;
import io.saddlebag.hq.session.Sessions;
import io.saddlebag.hq.session.Subscribe;
import io.saddlebag.hq.session.TakeTurn;
import io.saddlebag.hq.session.Unsubscribe;
import io.saddlebag.identity.OwnIdentity;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.Sha256;
import io.saddlebag.seal.SigningBeans;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteApplication;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteRuntime;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.stomp.ConnectionLimits;
import io.saddlebag.stomp.StompLimits;
import io.saddlebag.stomp.StompServerInitializer;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Predicate;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Headquarters: opens the store, rebuilds the queues from it, then opens the door. Started once, closed once, by one
 * thread.
 */
public final class HqApplication implements SiteApplication {
    private static final Logger LOG = LoggerFactory.getLogger(HqApplication.class);

    private final SiteHome home;
    private final Map<String, String> overrides;
    private final Clock clock = Clock.systemUTC();
    private Settings settings;
    private HqThreads threads;
    private HqStore store;
    private SiteRuntime runtime;

    /** @param overrides settings that count before those of the home's file */
    public HqApplication(SiteHome home, Map<String, String> overrides) {
        this.home = home;
        this.overrides = Map.copyOf(overrides);
    }

    @Override
    public void start() throws SiteStartException {
        try {
            begin();
        } catch (SiteStartException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private void begin() throws SiteStartException {
        settings = Settings.load(home, HqSettings.ALL, overrides);
        SiteIdentity identity = OwnIdentity.load(settings);
        LiveTopology topology = new LiveTopology(settings.path(HqSettings.TOPOLOGY));
        settings = Settings.load(home, HqSettings.ALL, withPort());
        threads = new HqThreads();
        store = HqStore.open(settings, clock);
        QueueIndex index = new QueueIndex(store::queued, threads.dispatch(), settings.count(HqSettings.INDEX_CAPACITY));
        Dispatcher dispatcher = new Dispatcher(index);
        index.load(topology.current().queues().keySet());
        runtime = new SiteRuntime(home, settings, List.of("common", "hq"));
        SigningBeans.bind(runtime, identity);
        runtime.bind("stompServer", new StompServerInitializer(identity, frameLimits(), connectionLimits()))
                .bind("hqDatabase", store.database())
                .bind("refuse", new Refuse());
        Sessions sessions = new Sessions(sessionLimits(), dispatcher, threads.work());
        topology.onChange(sessions::apply);
        topology.onChange(changed -> index.load(changed.queues().keySet()));
        bindSessions(sessions, topology, index, identity.trust().networkId());
        bindPublish(topology, index, identity.trust().networkId());
        bindKeys(topology, identity.trust().networkId());
        runtime.start();
        LOG.info(
                "{} listens on {}:{}",
                settings.text(HqSettings.SITE_ID),
                settings.text(HqSettings.HOST),
                settings.port(HqSettings.PORT));
    }

    private Map<String, String> withPort() throws SiteStartException {
        Map<String, String> chosen = new HashMap<>(overrides);
        if (settings.port(HqSettings.PORT) == 0) {
            chosen.put(HqSettings.PORT, Integer.toString(FreePort.on(settings.text(HqSettings.HOST))));
        }
        return chosen;
    }

    private StompLimits frameLimits() {
        return new StompLimits(
                Math.toIntExact(settings.bytes(HqSettings.MAX_FRAME)),
                Math.toIntExact(settings.bytes(HqSettings.MAX_HEADER)),
                settings.count(HqSettings.MAX_HEADERS));
    }

    private ConnectionLimits connectionLimits() {
        return new ConnectionLimits(
                settings.count(HqSettings.MAX_CONNECTIONS),
                settings.count(HqSettings.MAX_CONNECTIONS_PER_SITE),
                settings.duration(HqSettings.UNAUTHENTICATED),
                settings.duration(HqSettings.HEART_BEAT));
    }

    private SessionLimits sessionLimits() {
        return new SessionLimits(
                settings.bytes(HqSettings.IN_FLIGHT_BYTES),
                settings.count(HqSettings.IN_FLIGHT_FRAMES),
                settings.count(HqSettings.MAX_SUBSCRIPTIONS),
                settings.count(HqSettings.MAX_UPLOADS));
    }

    private void bindSessions(Sessions sessions, LiveTopology topology, QueueIndex index, Sha256 networkId) {
        IsAction.all().forEach(runtime::bind);
        Settlements settlements = new Settlements(index, store.writer()::settle, threads.later(), clock);
        runtime.bind("openSession", new OpenSession(sessions, topology))
                .bind("nameAction", new NameAction())
                .bind("takeTurn", new TakeTurn())
                .bind(
                        "subscribe",
                        new Subscribe(
                                topology,
                                new Subscription.Parts(
                                        index, store.payloads(), threads.dispatch(), settlements, clock)))
                .bind("unsubscribe", new Unsubscribe())
                .bind("findInFlight", new FindInFlight())
                .bind("isReceipted", (Predicate) exchange -> exchange.getProperty(HqProperties.RECEIPT) != null)
                .bind("readReceipt", new ReadReceipt())
                .bind("matchReceipt", new MatchReceipt(networkId, store.payloads()))
                .bind("acknowledge", new Acknowledge(settlements))
                .bind("reject", new Reject(settlements))
                .bind("refreshTopology", (Processor) exchange -> topology.refresh())
                .bind("expireDeliveries", (Processor) exchange -> settlements.expireWhatIsOver())
                .bind(
                        "forgetUploads",
                        new ForgetUploads(store.payloads(), settings.duration(HqSettings.UPLOAD_AGE), clock))
                .bind("compareQueues", new CompareQueues(index));
    }

    private void bindPublish(LiveTopology topology, QueueIndex index, Sha256 networkId) {
        Uploads uploads = new Uploads(store.payloads());
        runtime.bind("readSend", new ReadSend())
                .bind("permitPublish", new PermitPublish(topology))
                .bind("readUnverified", new ReadUnverified())
                .bind("readManifest", new ReadManifest())
                .bind("matchManifest", new MatchManifest(networkId, store.messages(), clock))
                .bind("routeManifest", new RouteManifest(new Router(topology)))
                .bind("checkBody", new CheckBody())
                .bind("openUpload", new OpenOrResume(store.messages(), uploads))
                .bind("findUpload", new FindUpload(uploads))
                .bind("takePart", new TakePart(uploads))
                .bind("commitMessage", new CommitMessage(store.writer(), index, clock))
                .bind("isWhole", (Predicate) exchange -> Submission.of(exchange).isWhole())
                .bind("confirm", new Confirm());
    }

    private void bindKeys(LiveTopology topology, Sha256 networkId) throws SiteStartException {
        KeyDirectory directory = store.keyDirectory();
        runtime.bind("readKeys", new ReadKeys(topology))
                .bind("registerKeys", new RegisterKeys(directory, networkId))
                .bind("followKeys", new FollowKeys(directory, topology));
    }

    @Override
    public Map<String, String> facts() {
        return Map.of(
                "port", Integer.toString(settings.port(HqSettings.PORT)),
                "psqlUrl", store.psqlUrl());
    }

    @Override
    public void close() {
        if (runtime != null) {
            runtime.close();
        }
        if (threads != null) {
            threads.close();
        }
        if (store != null) {
            store.close();
        }
    }
}
