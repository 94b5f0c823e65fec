package io.saddlebag.hq;

import com.zaxxer.hikari.HikariDataSource;
import io.saddlebag.files.Presence;
import io.saddlebag.hq.node.Node;
import io.saddlebag.hq.node.NodeLease;
import io.saddlebag.hq.node.NodeNumbers;
import io.saddlebag.hq.node.NodeReaper;
import io.saddlebag.hq.node.PostgresNodes;
import io.saddlebag.hq.postgres.PostgresException;
import io.saddlebag.hq.publish.FreeSpace;
import io.saddlebag.hq.session.Sessions;
import io.saddlebag.hq.store.Home;
import io.saddlebag.hq.store.PayloadStore;
import io.saddlebag.hq.store.QueueLoad;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.commit.CommitWriter;
import io.saddlebag.hq.store.rows.PostgresPayloadStore;
import io.saddlebag.hq.store.shared.SharedChainStore;
import io.saddlebag.hq.store.spool.SpoolBytes;
import io.saddlebag.hq.store.sql.PostgresMessageStore;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Sha256;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.stomp.HostAndPort;
import io.saddlebag.stores.HomeStores;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store of a node: everything lies in a database that it shares with others. Nothing is repaired at its start: what is
 * committed counts, and what ended nodes left is adopted.
 */
final class NodeStore extends HqStore {
    private static final Logger LOG = LoggerFactory.getLogger(NodeStore.class);
    private static final int MARK_LENGTH = 32;
    private static final long DOOR_MILLIS = 500;

    private final Sha256 networkId;
    private final ScheduledExecutorService reaping =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "node-reaper"));
    private NodeLease lease;
    private Node node;
    private PostgresPayloadStore payloads;

    NodeStore(Settings settings, Sha256 networkId, Clock clock, Consumer<String> failed) {
        super(settings, clock, failed);
        this.networkId = networkId;
    }

    @Override
    void open(HomeStores stores) throws PostgresException, StoreException, IOException, SiteStartException {
        String name = settings.text(HqSettings.NODE);
        requireSettings(settings);
        address = address(settings);
        lease = NodeLease.open(address.connections(), new LeaseListener());
        database = address.pool(CONNECTIONS, PostgresNodes.sessions(name), lease::requireSameServer);
        stores.admit(List.of(new SharedDatabase(databaseStore(settings, () -> database), shared())));
        migrate();
        try (HikariDataSource patient = address.patientPool(MIGRATION_CONNECTIONS)) {
            SharedChainStore.makeIndex(patient);
        }
        requireNoSingle(database);
        node = lease.join(new Node.Facts(name, siteAddress(), version()));
        // Since the first look a later version may have taken something away; from now on it waits for this node.
        migrate();
        Home home = new Home(node.id(), new NodeNumbers(node.slot(), lease::micros));
        payloads = new PostgresPayloadStore(database);
        messages = new PostgresMessageStore(database, payloads, home);
        writer = new CommitWriter(
                messages,
                payloads,
                settings.count(HqSettings.COMMIT_QUEUE),
                new CommitWriter.Parts(clock, lease, outage, home));
        writer.onFailure(failed);
        writer.start();
        payloads.sweepRegularly();
    }

    /** @throws SiteStartException when the settings of a node have a fault */
    static void requireSettings(Settings settings) throws SiteStartException {
        try {
            Node.requireName(settings.text(HqSettings.NODE));
        } catch (IllegalArgumentException e) {
            throw new SiteStartException(
                    settings.home().settingsFile() + ": expected in " + HqSettings.NODE + " " + e.getMessage(), e);
        }
        if (settings.text(HqSettings.DATABASE_URL).isEmpty()) {
            throw new SiteStartException(settings.home().settingsFile() + ": expected " + HqSettings.DATABASE_URL
                    + " with " + HqSettings.NODE
                    + ", found none. Nodes share a PostgreSQL of your own; the embedded one"
                    + " is for a headquarters without " + HqSettings.NODE);
        }
        requireAddress(settings);
    }

    /** Operators read it at every node, so that a wrong one misleads them. */
    private static void requireAddress(Settings settings) throws SiteStartException {
        String address = settings.text(HqSettings.NODE_ADDRESS);
        if (!address.isEmpty() && !isAddress(address)) {
            throw new SiteStartException(settings.home().settingsFile() + ": expected in " + HqSettings.NODE_ADDRESS
                    + " one host and port as in hq.addresses of the sites, such as hq1.example.org:61617, found "
                    + Printable.of(address));
        }
    }

    private static boolean isAddress(String text) {
        try {
            return HostAndPort.of(text).port() != 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Nodes of one site in one network have one database: another network's, and that of a single one, is refused. */
    private String shared() {
        return Sha256.of((networkId + " " + settings.text(HqSettings.SITE_ID)).getBytes(StandardCharsets.UTF_8))
                .hex()
                .substring(0, MARK_LENGTH);
    }

    /** The sealed messages of a single headquarters lie in its spool, which the nodes do not have. */
    private void requireNoSingle(DataSource shared) throws StoreException, SiteStartException {
        long held = PostgresNodes.heldBySingle(shared);
        if (held > 0) {
            throw new SiteStartException(address + ": expected no delivery of a headquarters without "
                    + HqSettings.NODE + ", found " + held
                    + ", whose sealed messages are in its spool. Start that one until"
                    + " none waits and no dead letter is left, then this one");
        }
    }

    private String siteAddress() throws SiteStartException {
        String given = settings.text(HqSettings.NODE_ADDRESS);
        return given.isEmpty() ? settings.host(HqSettings.HOST).withPort(settings.port(HqSettings.PORT)) : given;
    }

    private static String version() {
        String version = NodeStore.class.getPackage().getImplementationVersion();
        return version == null ? "unknown" : version;
    }

    private final class LeaseListener implements NodeLease.Listener {
        @Override
        public void lost(String reason) {
            leaveConnections();
            outage.failed("the node's hold on it is lost, dispatch pauses: " + reason);
        }

        @Override
        public void heldAgain() {
            leaveConnections();
            outage.ended();
            takenAgain.run();
        }

        @Override
        public void moved() {
            LOG.info("the database is at another server; connections to the one before are given up");
            leaveConnections();
        }

        @Override
        public void ended(String reason) {
            failed.accept(reason);
        }

        /**
         * Another server may be the primary now. The former one may go on after it was frozen, and would answer by the
         * connections that are open what it had then.
         */
        private void leaveConnections() {
            database.getHikariPoolMXBean().softEvictConnections();
        }
    }

    @Override
    void adoptInto(Consumer<Collection<QueuedDelivery>> adopted) {
        NodeReaper reaper = new NodeReaper(new PostgresNodes(database), node.id(), lease, adopted);
        reaping.scheduleWithFixedDelay(() -> look(reaper), 0, NodeLease.BEAT.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void look(NodeReaper reaper) {
        try {
            reaper.look();
        } catch (StoreException e) {
            LOG.debug("the other nodes are looked at later: {}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("the other nodes cannot be looked at: {}", FaultText.of(e), e);
        }
    }

    @Override
    void leaveWhenAway(Sessions sessions, ScheduledExecutorService later) {
        later.scheduleWithFixedDelay(() -> leaveIfAway(sessions), DOOR_MILLIS, DOOR_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void leaveIfAway(Sessions sessions) {
        int count = sessions.count();
        if (isAway() && count > 0) {
            LOG.warn(
                    "{} has not had the database for {} s: {} connections are closed, their sites go to another node",
                    node,
                    NodeLease.VALID.toSeconds(),
                    count);
            sessions.closeAll();
        }
    }

    @Override
    Optional<Node> node() {
        return Optional.of(node);
    }

    @Override
    void worksBy(Sha256 topology) {
        lease.worksBy(topology);
    }

    @Override
    boolean isAway() {
        return lease.isOverdue();
    }

    /** No disk of this machine holds anything of it. */
    @Override
    Presence presence() {
        return Presence.ALWAYS;
    }

    /** Nothing is its own yet. */
    @Override
    Map<String, QueueLoad> backlog() {
        return Map.of();
    }

    @Override
    PayloadStore payloads() {
        return payloads;
    }

    /** Nobody here sees the disk of the database; what uploads take of it is counted and bounded. */
    @Override
    FreeSpace space() {
        long room = settings.bytes(HqSettings.UPLOAD_ROOM);
        return new FreeSpace(
                0, () -> room - payloads.uploadBytes(), Presence.ALWAYS, settings.count(HqSettings.UPLOAD_SHARE));
    }

    @Override
    SpoolBytes spoolBytes() {
        return new SpoolBytes(0, 0);
    }

    @Override
    public void close() {
        reaping.shutdown();
        try {
            if (!reaping.awaitTermination(10, TimeUnit.SECONDS)) {
                LOG.debug("a look at the other nodes is still under way");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (writer != null) {
            writer.close();
        }
        if (payloads != null) {
            payloads.close();
        }
        if (lease != null) {
            lease.close();
        }
        if (database != null) {
            database.close();
        }
    }
}
