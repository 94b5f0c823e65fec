package io.saddlebag.hq;

import io.saddlebag.dsse.EnvelopeVerifier;
import io.saddlebag.hq.keys.KeyDirectory;
import io.saddlebag.hq.keys.KeySteps;
import io.saddlebag.hq.keys.RevocationSteps;
import io.saddlebag.hq.node.Node;
import io.saddlebag.hq.receipts.ReceiptSteps;
import io.saddlebag.hq.receipts.ReceiptWatch;
import io.saddlebag.hq.receipts.VerdictSteps;
import io.saddlebag.hq.renewals.RenewalFolder;
import io.saddlebag.hq.renewals.RenewalSteps;
import io.saddlebag.hq.routing.LiveTopology;
import io.saddlebag.hq.routing.NotedTopology;
import io.saddlebag.hq.shared.OtherNodes;
import io.saddlebag.hq.shared.SharedRenewals;
import io.saddlebag.hq.shared.SharedSteps;
import io.saddlebag.hq.shared.SharedTopology;
import io.saddlebag.hq.shared.SharedTrust;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.shared.RenewalStore;
import io.saddlebag.hq.store.shared.SharedChainStore;
import io.saddlebag.hq.store.shared.TopologyStore;
import io.saddlebag.hq.store.shared.TrustStore;
import io.saddlebag.hq.store.sql.ChainStore;
import io.saddlebag.hq.store.sql.KeyBundleStore;
import io.saddlebag.hq.store.sql.LogStore;
import io.saddlebag.hq.store.sql.OutcomeStore;
import io.saddlebag.hq.store.verdict.VerdictStore;
import io.saddlebag.hq.tlog.LogSteps;
import io.saddlebag.hq.where.WhereSteps;
import io.saddlebag.identity.CurrentIdentity;
import io.saddlebag.identity.Trust;
import io.saddlebag.oplog.OperatorJournalCheck;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteStartException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import javax.sql.DataSource;
import org.apache.camel.Processor;

/**
 * The steps over the records of headquarters, by the names that the routes use: keys, revocation list, receipts, chains,
 * renewals, the proof log, where messages are. A node shares these records with the others.
 */
final class HqRecords {
    private final Settings settings;
    private final HqStore store;
    private final DataSource database;
    private final LiveTopology topology;
    private final CurrentIdentity identity;
    private final Trust trust;
    private final Clock clock;
    private final Map<String, Processor> byName = new LinkedHashMap<>();
    /** Null at the single headquarters. */
    private SharedTopology shared;

    private HqRecords(Settings settings, HqStore store, LiveTopology topology, CurrentIdentity identity, Clock clock) {
        this.settings = settings;
        this.store = store;
        this.database = store.database();
        this.topology = topology;
        this.identity = identity;
        this.trust = identity.now().trust();
        this.clock = clock;
    }

    /**
     * Has a node take up the topology of all nodes. Each topology that is taken up from now on is noted for the operators.
     *
     * @param store is open
     * @param topology as the home has it
     */
    static HqRecords open(
            Settings settings, HqStore store, LiveTopology topology, CurrentIdentity identity, Clock clock)
            throws SiteStartException {
        HqRecords records = new HqRecords(settings, store, topology, identity, clock);
        Path file = settings.path(HqSettings.TOPOLOGY);
        NotedTopology noted = new NotedTopology(settings.home(), file, identity, clock);
        if (store.node().isEmpty()) {
            topology.onChange(noted);
        } else {
            records.shared = SharedTopology.open(
                    topology,
                    new TopologyStore(records.database),
                    file,
                    store.node().get().name());
            store.worksBy(topology.digest());
            records.shared.onChange(changed -> {
                store.worksBy(changed.sha256());
                noted.accept(changed);
            });
        }
        return records;
    }

    /** All nodes, for the status of one; null at the single headquarters. */
    OtherNodes others() {
        return shared == null ? null : new OtherNodes(database, topology, store::isAway);
    }

    /**
     * Makes the steps.
     *
     * @param work may block
     */
    Map<String, Processor> over(HqSteps steps, Executor work) throws SiteStartException {
        try {
            if (store.node().isEmpty()) {
                bindAlone(steps, work);
            } else {
                bindShared(store.node().get(), steps, work);
            }
            bindVerdicts(new VerdictSteps(trust.networkId(), new VerdictStore(database), steps.receipts(), work));
            WhereSteps where = new WhereSteps(database, store.writer()::confirmedUpTo);
            byName.put("followWhere", where::followWhere);
            byName.put("askWhere", where::askWhere);
            return byName;
        } catch (StoreException e) {
            throw new SiteStartException("The records cannot be read: " + e.getMessage(), e);
        }
    }

    private void bindAlone(HqSteps steps, Executor work) throws StoreException {
        bindKeys(new KeyBundleStore(database), new RevocationSteps(trust));
        SharedChainStore.takeBack(database);
        ChainStore manifests = new ChainStore(database);
        steps.chains().keepIn(manifests, work);
        bindReceipts(new ReceiptSteps(
                steps.receipts(), new OutcomeStore(database), steps.chains(), manifests, steps.confirmed()));
        bindRenewals(new RenewalSteps(renewals(), trust.networkId()));
        bindLog(new LogStore(database), "");
    }

    private void bindShared(Node node, HqSteps steps, Executor work) throws StoreException {
        RevocationSteps revocations = new RevocationSteps(trust);
        KeyDirectory keys = bindKeys(new KeyBundleStore(database, true), revocations);
        steps.chains().shareIn(SharedChainStore.open(database, node.slot()), work);
        OutcomeStore outcomes = new OutcomeStore(database, true);
        ReceiptWatch watch = new ReceiptWatch(outcomes, node::id, steps.receipts());
        steps.receipts().onRepeat(watch::repeated);
        bindReceipts(new ReceiptSteps(
                steps.receipts(), outcomes, steps.chains(), new ChainStore(database, true), steps.confirmed(), watch));
        RenewalStore requests = new RenewalStore(database);
        bindRenewals(new RenewalSteps(renewals(), trust.networkId(), requests::request));
        bindLog(new LogStore(database, node::id), "-" + node.name());
        SharedSteps news = new SharedSteps(
                database,
                keys,
                shared,
                new SharedTrust(trust, new TrustStore(database), node.name()),
                revocations,
                new SharedRenewals(renewals(), requests),
                watch);
        byName.put("takeUpNews", news::takeUpNews);
        byName.put("tellEnds", news::tellEnds);
        byName.put("refreshTopology", exchange -> shared.lookAtFile());
    }

    private RenewalFolder renewals() {
        return new RenewalFolder(settings.home().folder());
    }

    private KeyDirectory bindKeys(KeyBundleStore bundles, RevocationSteps revocations) throws StoreException {
        KeyDirectory directory = new KeyDirectory(bundles, new EnvelopeVerifier(trust), clock);
        KeySteps keys = new KeySteps(directory, topology, trust.networkId());
        byName.put("readKeys", keys::readKeys);
        byName.put("registerKeys", keys::registerKeys);
        byName.put("followKeys", keys::followKeys);
        byName.put("followRevocations", revocations::followRevocations);
        byName.put("lookAtRevocations", revocations::lookAtRevocations);
        return directory;
    }

    private void bindReceipts(ReceiptSteps receipts) {
        byName.put("followReceipts", receipts::followReceipts);
        byName.put("askReceipts", receipts::askReceipts);
        byName.put("followChain", receipts::followChain);
        byName.put("askChain", receipts::askChain);
    }

    private void bindVerdicts(VerdictSteps verdicts) {
        byName.put("readVerdict", verdicts::readVerdict);
        byName.put("keepVerdict", verdicts::keepVerdict);
        byName.put("nextVerdicts", verdicts::nextVerdicts);
        byName.put("tellVerdicts", verdicts::tellVerdicts);
    }

    private void bindRenewals(RenewalSteps renewals) {
        byName.put("readRenewal", renewals::readRenewal);
        byName.put("requestRenewal", renewals::requestRenewal);
        byName.put("followRenewal", renewals::followRenewal);
    }

    /** @param ofNode behind the names of files, since each node has its own */
    private void bindLog(LogStore entries, String ofNode) {
        Map<String, Path> files = new HashMap<>();
        files.put("topology" + ofNode, settings.path(HqSettings.TOPOLOGY));
        files.put("revocations" + ofNode, settings.home().identity().resolve("ca.crl"));
        files.put(OperatorJournalCheck.LOGGED_AS + ofNode, OperatorJournalCheck.note(settings.home()));
        LogSteps log = new LogSteps(entries, identity, files, store.writer().use(), clock);
        byName.put("appendLog", log::appendLog);
        byName.put("followLog", log::followLog);
        byName.put("askLog", log::askLog);
    }
}
