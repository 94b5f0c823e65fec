package io.saddlebag.hq;

import io.saddlebag.dsse.SignatureSteps;
import io.saddlebag.hq.metrics.StoreFigures;
import io.saddlebag.hq.routing.LiveTopology;
import io.saddlebag.hq.session.Session;
import io.saddlebag.hq.shared.OtherNodes;
import io.saddlebag.identity.CurrentIdentity;
import io.saddlebag.identity.Role;
import io.saddlebag.message.Sha256;
import io.saddlebag.observe.SiteMetrics;
import io.saddlebag.observe.site.SiteObserver;
import io.saddlebag.site.FolderSyncs;
import io.saddlebag.site.FreePort;
import io.saddlebag.site.HomeTrust;
import io.saddlebag.site.OwnIdentity;
import io.saddlebag.site.PostQuantumTls;
import io.saddlebag.site.SavedRunningTime;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteApplication;
import io.saddlebag.site.SiteClocks;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.site.camel.SiteRuntime;
import io.saddlebag.stomp.HostName;
import io.saddlebag.stomp.StompLimits;
import io.saddlebag.stomp.server.ConnectionLimits;
import io.saddlebag.stomp.server.ListenAddress;
import io.saddlebag.stomp.server.StompServerInitializer;
import io.saddlebag.stores.HomeStores;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Headquarters: opens the store, rebuilds the queues from it, then opens the door. Started once, closed once, by one
 * thread.
 */
public final class HqApplication extends SiteApplication {
    /** The folders below {@code routes/} whose files make up headquarters. */
    private static final List<String> ROUTE_FOLDERS = List.of("common", "observe", "hq");

    private static final List<String> ROUTE_FOLDERS_OF_A_NODE = List.of("common", "observe", "hq", "nodes");

    private static final Logger LOG = LoggerFactory.getLogger(HqApplication.class);

    private Settings settings;
    private SavedRunningTime runningTime;
    private HqThreads threads;
    private HqStore store;
    private SiteRuntime runtime;
    private SiteObserver observer;
    private volatile Consumer<String> failed = reason -> {};

    public HqApplication(SiteHome home, Map<String, String> overrides, Set<String> adopted, SiteClocks clocks) {
        super(home, overrides, adopted, clocks);
    }

    @Override
    public void onFailure(Consumer<String> listener) {
        failed = listener;
    }

    @Override
    protected void begin() throws SiteStartException {
        HomeTrust trust = HomeTrust.require(home);
        settings = Settings.load(home, HqSettings.ALL, overrides);
        FolderSyncs.require(settings, new HqDisks(settings).synced());
        trust.requireFile(settings.path(OwnIdentity.PASSPHRASE_FILE.name()));
        trust.requireFile(settings.path(HqSettings.TOPOLOGY));
        trust.requireFile(settings.path(HqSettings.DATABASE_PASSWORD_FILE));
        trust.requireFile(settings.path(HqSettings.SPOOL));
        runningTime = SavedRunningTime.open(home, clocks);
        CurrentIdentity identity = OwnIdentity.load(settings, Role.HQ, runningTime.time());
        LiveTopology topology = new LiveTopology(settings.path(HqSettings.TOPOLOGY));
        settings = Settings.load(home, HqSettings.ALL, withPort());
        StompLimits frameLimits = frameLimits(settings);
        threads = new HqThreads();
        store = HqStore.open(
                settings,
                identity.now().trust().networkId(),
                clocks.wall(),
                HomeStores.open(home, adopted),
                reason -> failed.accept(reason));
        HqRecords records = HqRecords.open(settings, store, topology, identity, clocks.wall());
        HqSteps steps = steps(topology, identity.now().trust().networkId());
        steps.index().begin(store.backlog());
        store.onTakenAgain(steps.dispatcher()::wakeAll);
        topology.onChange(steps.sessions()::apply);
        topology.onChange(changed -> steps.index().apply(changed.rules()));
        topology.onChange(changed -> steps.index().load(changed.queues().keySet()));
        ListenAddress address = new ListenAddress(settings.host(HqSettings.HOST), settings.port(HqSettings.PORT));
        runtime = new SiteRuntime(home, settings, routeFolders(settings));
        runtime.bind(SignatureSteps.beans(identity));
        runtime.bind(
                        "stompServer",
                        new StompServerInitializer(
                                identity,
                                frameLimits,
                                connectionLimits(),
                                site -> topology.current().limitsOf(site).connections(),
                                clocks.wall(),
                                () -> !store.isAway()))
                .bind("hqListenAddress", address)
                .bind("hqDatabase", store.database());
        steps.byName().forEach(runtime::bind);
        runtime.bind(records.over(steps, threads.all().work()));
        observe(identity, steps, records.others());
        store.adoptInto(steps.index()::requeued);
        store.leaveWhenAway(steps.sessions(), threads.all().later());
        try {
            runtime.start();
        } catch (SiteStartException e) {
            throw address.faultOf(e)
                    .map(fault -> new SiteStartException(home.settingsFile() + ": " + fault, e))
                    .orElse(e);
        }
        LOG.info(
                "{} listens on {}",
                settings.text(HqSettings.SITE_ID),
                settings.host(HqSettings.HOST).withPort(settings.port(HqSettings.PORT)));
    }

    static List<String> routeFolders(Settings settings) {
        return settings.text(HqSettings.NODE).isEmpty() ? ROUTE_FOLDERS : ROUTE_FOLDERS_OF_A_NODE;
    }

    private Map<String, String> withPort() throws SiteStartException {
        Map<String, String> chosen = new HashMap<>(overrides);
        if (settings.port(HqSettings.PORT) == 0) {
            chosen.put(HqSettings.PORT, Integer.toString(freePort(settings.host(HqSettings.HOST))));
        }
        return chosen;
    }

    /** Camel's Netty component needs the port before it binds. */
    private static int freePort(HostName host) throws SiteStartException {
        try {
            return FreePort.on(InetAddress.getByName(host.value()));
        } catch (IOException e) {
            throw new SiteStartException(
                    "Expected an address of this machine in " + HqSettings.HOST + ", found " + host + " (" + e + ")",
                    e);
        }
    }

    static StompLimits frameLimits(Settings settings) throws SiteStartException {
        long frame = settings.bytes(HqSettings.MAX_FRAME);
        long header = settings.bytes(HqSettings.MAX_HEADER);
        if (frame < header) {
            throw new SiteStartException(
                    settings.home().settingsFile() + ": expected " + HqSettings.MAX_FRAME + " to hold "
                            + HqSettings.MAX_HEADER + ", found " + frame + " bytes for the one and " + header
                            + " for the other. Correct one of them");
        }
        return new StompLimits(Math.toIntExact(frame), Math.toIntExact(header), settings.count(HqSettings.MAX_HEADERS));
    }

    private ConnectionLimits connectionLimits() throws SiteStartException {
        return new ConnectionLimits(
                settings.count(HqSettings.MAX_CONNECTIONS),
                settings.count(HqSettings.MAX_CONNECTIONS_PER_SITE),
                settings.duration(HqSettings.UNAUTHENTICATED),
                settings.duration(HqSettings.HEART_BEAT),
                PostQuantumTls.isRequired(settings));
    }

    private Session.Limits sessionLimits() {
        return new Session.Limits(
                settings.bytes(HqSettings.IN_FLIGHT_BYTES),
                settings.count(HqSettings.IN_FLIGHT_FRAMES),
                settings.count(HqSettings.MAX_SUBSCRIPTIONS),
                settings.count(HqSettings.MAX_UPLOADS));
    }

    private HqSteps steps(LiveTopology topology, Sha256 networkId) {
        return new HqSteps(
                topology,
                networkId,
                new HqSteps.Stores(store.messages(), store.payloads(), store.writer(), store.outage()),
                threads.all(),
                runningTime.time(),
                new HqSteps.Limits(
                        sessionLimits(),
                        settings.bytes(HqSettings.IN_FLIGHT_TOTAL),
                        settings.count(HqSettings.INDEX_CAPACITY),
                        settings.duration(HqSettings.UPLOAD_AGE),
                        store.space()));
    }

    private void observe(CurrentIdentity identity, HqSteps steps, OtherNodes others) throws SiteStartException {
        Map<String, Path> volumes = new TreeMap<>(new HqDisks(settings).folders());
        volumes.put("home", home.folder());
        SiteMetrics metrics = new SiteMetrics(identity, "hq");
        steps.registerIn(metrics);
        StoreFigures.register(metrics.registry(), store::spoolBytes, store::postgresRestarts);
        observer = new SiteObserver(settings, identity, metrics, steps.status(volumes, others), clocks.wall());
        runtime.bind(observer.beans());
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
        if (observer != null) {
            observer.close();
        }
        if (threads != null) {
            threads.close();
        }
        if (store != null) {
            store.close();
        }
        if (runningTime != null) {
            runningTime.close();
        }
    }
}
