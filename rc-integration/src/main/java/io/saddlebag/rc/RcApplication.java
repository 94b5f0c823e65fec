package io.saddlebag.rc;

import io.saddlebag.check.HomeChecks;
import io.saddlebag.clock.RunningTime;
import io.saddlebag.dsse.SignatureSteps;
import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.tree.FolderUnpacker;
import io.saddlebag.identity.CurrentIdentity;
import io.saddlebag.identity.Role;
import io.saddlebag.journal.JournalException;
import io.saddlebag.journal.MissingSeqs.Gap;
import io.saddlebag.log.WorkUnderWay;
import io.saddlebag.message.Json;
import io.saddlebag.message.SiteId;
import io.saddlebag.observe.LinkWatches;
import io.saddlebag.observe.SiteMetrics;
import io.saddlebag.observe.site.SiteObserver;
import io.saddlebag.rc.deliver.CheckSteps;
import io.saddlebag.rc.deliver.FaultSteps;
import io.saddlebag.rc.deliver.GroupRounds;
import io.saddlebag.rc.deliver.OpenAhead;
import io.saddlebag.rc.deliver.OpenSteps;
import io.saddlebag.rc.deliver.OutboxSteps;
import io.saddlebag.rc.deliver.SealOpener;
import io.saddlebag.rc.deliver.SettleSteps;
import io.saddlebag.rc.deliver.UpkeepSteps;
import io.saddlebag.rc.intake.Arrival;
import io.saddlebag.rc.intake.AssembleParts;
import io.saddlebag.rc.intake.DiskRoom;
import io.saddlebag.rc.intake.KeyedSerialExecutor;
import io.saddlebag.rc.intake.QueueEndpoint;
import io.saddlebag.rc.intake.ResumePoints;
import io.saddlebag.rc.keys.KeySteps;
import io.saddlebag.rc.keys.OpeningKeys;
import io.saddlebag.rc.keys.ReceivingKeys;
import io.saddlebag.rc.metrics.MetricSteps;
import io.saddlebag.rc.metrics.RcStatus;
import io.saddlebag.rc.records.RcJournal;
import io.saddlebag.rc.verdict.SendVerdicts;
import io.saddlebag.rc.verdict.VerdictSigner;
import io.saddlebag.rc.verdict.VerdictSteps;
import io.saddlebag.rc.work.WorkFolder;
import io.saddlebag.seal.CryptoProviders;
import io.saddlebag.seal.MessageOpener;
import io.saddlebag.site.FolderSyncs;
import io.saddlebag.site.HomeTrust;
import io.saddlebag.site.LinkedSiteSettings;
import io.saddlebag.site.OwnIdentity;
import io.saddlebag.site.SavedRunningTime;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteApplication;
import io.saddlebag.site.SiteClocks;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.site.camel.AsyncStep;
import io.saddlebag.site.camel.RouteFiles;
import io.saddlebag.site.camel.SiteRuntime;
import io.saddlebag.site.camel.TakeRevocationList;
import io.saddlebag.stomp.client.HqComponent;
import io.saddlebag.stomp.client.HqLinks;
import io.saddlebag.stomp.client.Intake;
import io.saddlebag.stores.SiteStores;
import io.saddlebag.tlog.SeenLog;
import io.saddlebag.where.AskHeadquarters;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Predicate;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A research centre: registers its keys, takes its queues, fills its outbox. Started once, closed once, by one thread. */
public final class RcApplication extends SiteApplication {
    private static final Logger LOG = LoggerFactory.getLogger(RcApplication.class);
    /** The folders below {@code routes/} whose files make up a centre. */
    public static final List<String> ROUTE_FOLDERS = List.of("common", "observe", "templates", "site", "rc");

    private final WorkUnderWay underWay = new WorkUnderWay();
    private Settings settings;
    private SavedRunningTime runningTime;
    private CurrentIdentity identity;
    private HqLinks links;
    private RcJournal journal;
    private KeyedSerialExecutor executor;
    private OpenAhead openAhead;
    private final GroupRounds rounds = new GroupRounds();
    private SiteRuntime runtime;
    private ProducerTemplate toKeys;
    private SiteObserver observer;

    public RcApplication(SiteHome home, Map<String, String> overrides, Set<String> adopted, SiteClocks clocks) {
        super(home, overrides, adopted, clocks);
    }

    @Override
    protected void begin() throws SiteStartException, IOException {
        HomeTrust trust = HomeTrust.require(home);
        settings = Settings.load(home, RcSettings.ALL, overrides);
        FolderSyncs.require(settings, List.of(home.folder(), home.work(), home.journal()));
        trust.requireFile(settings.path(OwnIdentity.PASSPHRASE_FILE.name()));
        runningTime = SavedRunningTime.open(home, clocks);
        identity = OwnIdentity.load(settings, Role.CENTRE, runningTime.time());
        OpeningKeys ageKeys =
                OpeningKeys.load(home.identity().resolve("age.key"), OwnIdentity.passphrase(settings), clocks.wall());
        Set<Path> outboxes = RcRoutes.check(settings, ROUTE_FOLDERS);
        RcRoutes.tell(RcRoutes.outboxes(RouteFiles.read(home, ROUTE_FOLDERS)));
        trust.requireShared(outboxes);
        String names = System.getProperty("sun.jnu.encoding");
        if (!"UTF-8".equalsIgnoreCase(names)) {
            LOG.warn(
                    "expected a locale whose file names are UTF-8, found {}: folders with other names in them are"
                            + " refused. Start with LC_ALL=C.UTF-8, as ./saddlebag does",
                    names);
        }
        Path journalFile = home.journal().resolve("rc.db");
        SiteStores stores = SiteStores.admit(home, adopted, journalFile, outboxes);
        FolderSyncs.require(settings, outboxes);
        AtomicFiles.removeUnfinished(home.journal());
        List<Gap> accepted = RcSettings.acceptMissing(settings);
        journal = RcJournal.open(journalFile);
        for (Gap gap : accepted) {
            LOG.info("missing from {}: {}; accepted are {} of them", gap.site(), gap, journal.acceptMissing(gap));
        }
        executor = new KeyedSerialExecutor(settings.count(RcSettings.WORKERS));
        links = HqLinks.toEach(identity, LinkedSiteSettings.link(settings), clocks.wall());
        runtime = new SiteRuntime(home, settings, ROUTE_FOLDERS).live(new LiveRcRoutes(settings, outboxes));
        runtime.bind(SignatureSteps.beans(identity))
                .bind(
                        TakeRevocationList.NAME,
                        new TakeRevocationList(identity.now().trust(), LinkedSiteSettings.hasNodes(settings)));
        bindSteps(stores, ageKeys);
        runtime.start();
        LOG.info("site={} works in {}", identity.now().site(), home.folder());
    }

    private void bindSteps(SiteStores stores, OpeningKeys ageKeys) throws SiteStartException, IOException {
        SiteId site = identity.now().site();
        RunningTime time = runningTime.time();
        WorkFolder work = WorkFolder.open(home.work(), stores.work(), settings.duration(RcSettings.PARTS_AGE), time);
        DiskRoom room = new DiskRoom(work.folder(), home.journal(), stores.own(), settings.bytes(RcSettings.MAX_BYTES));
        Duration retry = settings.duration(RcSettings.RETRY);
        AssembleParts parts = new AssembleParts(work, room, underWay);
        QueueEndpoint.Parts queues = new QueueEndpoint.Parts(
                home,
                stores::shared,
                links,
                executor,
                new Intake(settings.bytes(RcSettings.WINDOW_BYTES)),
                new ResumePoints(work, journal, parts::isComing),
                settings.duration(RcSettings.SUBSCRIBE_RETRY),
                retry);
        SealOpener opener = new SealOpener(
                new MessageOpener(CryptoProviders.choose()), ageKeys, work, settings.bytes(RcSettings.INLINE_LIMIT));
        openAhead = new OpenAhead(opener, task -> new Thread(task, "rc-open-ahead"));
        bindKeys(new KeySteps(
                new ReceivingKeys(
                        site,
                        identity.now().trust().networkId(),
                        ageKeys,
                        journal,
                        settings.duration(RcSettings.KEY_LIFETIME),
                        clocks.wall()),
                ageKeys,
                links,
                identity));
        SiteId hq = LinkedSiteSettings.headquarters(settings);
        SeenLog seenLog = LinkedSiteSettings.seenLog(settings, identity.now().trust(), links::request);
        runtime.bind("answerQuestions", AskHeadquarters.answers(home, links, site, hq));
        runtime.bind("takeLogFrame", (Processor) seenLog::takeHead);
        runtime.bind(HqComponent.SCHEME, queues.component())
                .bind("readPart", (Processor) parts::readPart)
                .bind("assembleParts", (Processor) parts::assembleParts)
                .bind("openAhead", openAhead)
                .bind("standardizedJson", Json.mapperForRoutes());
        bindDelivery(
                new OpenSteps(identity, journal, opener, time),
                new CheckSteps(new HomeChecks(home)),
                new OutboxSteps(
                        site,
                        new FolderUnpacker(LinkedSiteSettings.folderLimits(settings)),
                        room,
                        journal,
                        stores.journal()),
                new SettleSteps(journal, site, seenLog::head, clocks.wall()));
        bindFaults(new FaultSteps(journal, site, time, retry, room, new SecureRandom()));
        bindUpkeep(new UpkeepSteps(journal, time, settings.duration(RcSettings.MISSING_AFTER)));
        bindVerdicts();
        observe();
    }

    private void bindVerdicts() {
        VerdictSigner signer =
                new VerdictSigner(identity, CryptoProviders.choose().signature());
        VerdictSteps verdicts = new VerdictSteps(journal, signer, new SecureRandom(), clocks.wall());
        SendVerdicts send = new SendVerdicts(journal, signer, links::request, clocks.wall());
        links.onConnected(connection -> send.connected());
        runtime.bind("takeVerdicts", (Processor) verdicts::takeVerdicts)
                .bind("sendVerdicts", send)
                .bind("reportOverdue", (Processor) verdicts::reportOverdue);
    }

    private void observe() throws SiteStartException {
        SiteMetrics metrics = new SiteMetrics(identity, "rc").links(links);
        Duration patience = settings.duration(RcSettings.MISSING_AFTER);
        MetricSteps steps = new MetricSteps(metrics, journal, patience, clocks.wall(), runtime::context);
        RcStatus status = new RcStatus(
                home,
                new LinkWatches(links, clocks.wall()),
                journal,
                patience,
                clocks.wall(),
                steps,
                underWay,
                runtime::context);
        observer = new SiteObserver(settings, identity, metrics, status, clocks.wall());
        runtime.bind(observer.beans())
                .bind("countPublished", (Processor) steps::countPublished)
                .bind("countRefused", (Processor) steps::countRefused);
    }

    /** In the order of the routes, which the rounds keep too. */
    private void bindDelivery(OpenSteps open, CheckSteps check, OutboxSteps outbox, SettleSteps settle) {
        runtime.bind("hasManifest", Arrival.is(Arrival::hasManifest))
                .bind("isBegun", Arrival.is(Arrival::isBegun))
                .bind("readManifest", (Processor) open::readManifest)
                .bind("checkRecipient", (Processor) open::checkRecipient)
                .bind("checkSender", (Processor) open::checkSender)
                .bind("checkExpiry", (Processor) open::checkExpiry)
                .bind("openLater", (Processor) open::openLater)
                .bind("findEarlier", (Processor) open::findEarlier)
                .bind("isNew", Arrival.is(arrival -> !arrival.isEarlier()))
                .bind("checkDigest", (Processor) open::checkDigest)
                .bind("openSeal", (Processor) open::openSeal)
                .bind("checkContent", (Processor) check::checkContent)
                .bind("isFolder", Arrival.is(Arrival::isFolder))
                .bind("placeFolder", (Processor) outbox::placeFolder)
                .bind("placePayload", (Processor) outbox::placePayload)
                .bind("composeStandardizedMessage", (Processor) outbox::composeStandardizedMessage)
                .bind("stageStandardizedMessage", (Processor) outbox::stageStandardizedMessage)
                .bind("announcePublication", rounds.step(outbox::announcePublication))
                .bind("placeStandardizedMessage", rounds.step(outbox::placeStandardizedMessage))
                .bind("isUnsigned", Arrival.is(arrival -> arrival.receipt() == null))
                .bind("composeReceipt", (Processor) settle::composeReceipt)
                .bind("journalDelivery", rounds.step(settle::journalDelivery))
                .bind("acknowledgeDelivery", (AsyncStep) settle::acknowledgeDelivery);
        rounds.start();
    }

    private void bindFaults(FaultSteps faults) {
        runtime.bind("isFinalRefusal", (Predicate) FaultSteps::isFinalRefusal)
                .bind("refuseDelivery", (Processor) faults::refuseDelivery)
                .bind("deadLetterDelivery", (AsyncStep) faults::deadLetterDelivery)
                .bind("suspendDeliveries", (Processor) faults::suspendDeliveries)
                .bind("postponeDelivery", (AsyncStep) faults::postponeDelivery)
                .bind("returnDelivery", (AsyncStep) faults::returnDelivery);
    }

    private void bindUpkeep(UpkeepSteps upkeep) {
        runtime.bind("clearOutboxes", (Processor) upkeep::clearOutboxes)
                .bind("flushJournal", (Processor) upkeep::flushJournal)
                .bind("reportMissing", (Processor) upkeep::reportMissing);
    }

    private void bindKeys(KeySteps keys) {
        runtime.bind("lookAtAgeKeys", (Processor) keys::lookAtAgeKeys)
                .bind("lookForRefusal", (Processor) keys::lookForRefusal)
                .bind("findKeyBundle", (Processor) keys::findKeyBundle)
                .bind("keepKeyBundle", (Processor) keys::keepKeyBundle)
                .bind("registerKeyBundle", (AsyncStep) keys::registerKeyBundle)
                .bind("takeKeyFrame", (Processor) keys::takeKeyFrame)
                .bind("adoptKeyBundle", (Processor) keys::adoptKeyBundle);
        links.onConnected(connection -> registerKeys(connection.id()));
    }

    /** Starts the route {@code rc-register-keys} with each new connection. Never blocks. */
    private synchronized void registerKeys(Object connection) {
        if (toKeys == null) {
            toKeys = runtime.context().createProducerTemplate();
        }
        toKeys.sendBody("seda:rc-register-keys?size=4&discardWhenFull=true&waitForTaskToComplete=Never", connection);
    }

    @Override
    public Map<String, String> facts() {
        return Map.of("site", identity.now().site().value(), "connected", Boolean.toString(links.isConnected()));
    }

    @Override
    public void close() {
        if (runtime != null) {
            runtime.close();
        }
        if (observer != null) {
            observer.close();
        }
        if (executor != null) {
            executor.close();
        }
        // After the deliveries that wait for an opening.
        if (openAhead != null) {
            openAhead.close();
        }
        rounds.close();
        if (journal != null) {
            try {
                journal.close();
            } catch (JournalException e) {
                LOG.warn("{}", e.getMessage());
            }
        }
        if (runningTime != null) {
            runningTime.close();
        }
    }
}
