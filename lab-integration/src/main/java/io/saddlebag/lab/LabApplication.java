package io.saddlebag.lab;

import io.saddlebag.check.HomeChecks;
import io.saddlebag.dsse.EnvelopeVerifier;
import io.saddlebag.dsse.SignatureSteps;
import io.saddlebag.files.Presence;
import io.saddlebag.files.SystemFiles;
import io.saddlebag.files.tree.FolderLimits;
import io.saddlebag.identity.CurrentIdentity;
import io.saddlebag.identity.Role;
import io.saddlebag.journal.AfterCommit;
import io.saddlebag.journal.MissingSeqs.Gap;
import io.saddlebag.lab.bag.BagCheck;
import io.saddlebag.lab.chain.CatchUp;
import io.saddlebag.lab.chain.ChainQuestions;
import io.saddlebag.lab.chain.ChainSteps;
import io.saddlebag.lab.chain.ConflictSteps;
import io.saddlebag.lab.claim.DropClaims;
import io.saddlebag.lab.claim.DropRoots;
import io.saddlebag.lab.drop.ClaimSteps;
import io.saddlebag.lab.drop.DropSteps;
import io.saddlebag.lab.drop.LeaveOutSystemFiles;
import io.saddlebag.lab.drop.UntakenDrops;
import io.saddlebag.lab.keys.KeySteps;
import io.saddlebag.lab.keys.PinnedKeys;
import io.saddlebag.lab.keys.PostQuantum;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.message.OutgoingMessage.State;
import io.saddlebag.lab.message.RouteTerms;
import io.saddlebag.lab.metrics.LabStatus;
import io.saddlebag.lab.metrics.MetricSteps;
import io.saddlebag.lab.outgoing.ManifestSteps;
import io.saddlebag.lab.outgoing.OutgoingWindow;
import io.saddlebag.lab.outgoing.PublishParts;
import io.saddlebag.lab.outgoing.PushBack;
import io.saddlebag.lab.outgoing.SealSteps;
import io.saddlebag.lab.outgoing.SecondLooks;
import io.saddlebag.lab.outgoing.SettleSteps;
import io.saddlebag.lab.outgoing.WithdrawSteps;
import io.saddlebag.lab.receipts.AskForReceipts;
import io.saddlebag.lab.receipts.ConfirmVerdicts;
import io.saddlebag.lab.receipts.ReceiptFiles;
import io.saddlebag.lab.receipts.ReceiptSteps;
import io.saddlebag.lab.receipts.ReceiptedMessages;
import io.saddlebag.lab.receipts.ReportOvertaken;
import io.saddlebag.lab.receipts.ReportUnproved;
import io.saddlebag.lab.records.LabFolders;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.lab.records.LeftInPlace;
import io.saddlebag.lab.records.WorkFolderSweep;
import io.saddlebag.lab.resend.ResendRequests;
import io.saddlebag.lab.resend.Resends;
import io.saddlebag.lab.scan.DropComponent;
import io.saddlebag.lab.scan.SettledFiles;
import io.saddlebag.lab.tidy.SentTidy;
import io.saddlebag.lab.tidy.TidySent;
import io.saddlebag.log.WorkUnderWay;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.SiteId;
import io.saddlebag.observe.LinkWatch;
import io.saddlebag.observe.SiteMetrics;
import io.saddlebag.observe.site.SiteObserver;
import io.saddlebag.seal.CryptoProviders;
import io.saddlebag.seal.MessageSealer;
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
import io.saddlebag.site.camel.SiteRuntime;
import io.saddlebag.site.camel.TakeRevocationList;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.client.HqComponent;
import io.saddlebag.stomp.client.HqLinks;
import io.saddlebag.stomp.client.StompClient;
import io.saddlebag.stores.SiteStores;
import io.saddlebag.tlog.SeenLog;
import io.saddlebag.where.AskHeadquarters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.camel.Predicate;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A laboratory that runs: its drop folders, its journal, its link to headquarters. */
public final class LabApplication extends SiteApplication {
    /** The folders below {@code routes/} whose files make up a laboratory. */
    public static final List<String> ROUTE_FOLDERS = List.of("common", "observe", "templates", "site", "lab");

    /** The longest wait of messages for headquarters' list of this laboratory's manifests. */
    private static final Duration PATIENCE_WITH_HEADQUARTERS = Duration.ofSeconds(10);
    /** The longest wait for progress of a copy from a drop folder on another file system. */
    private static final Duration COPY_PATIENCE = Duration.ofMinutes(1);

    /** The memory of a message of any size, with the part that is read and the seal's buffers. */
    private static final long MOST_BYTES_OF_A_MESSAGE = 4L * Manifest.PART_SIZE;

    private static final Logger LOG = LoggerFactory.getLogger(LabApplication.class);

    private final Clock clock;
    private final WorkUnderWay underWay = new WorkUnderWay();
    private Settings settings;
    private SavedRunningTime runningTime;
    private CurrentIdentity identity;
    private LabFolders folders;
    private LabJournal journal;
    private DropClaims dropClaims;
    private OutgoingWindow window;
    private LabThreads threads;
    private CatchUp catchUp;
    private AskForReceipts askForReceipts;
    private StompClient client;
    private SiteRuntime runtime;
    private SiteObserver observer;

    public LabApplication(SiteHome home, Map<String, String> overrides, Set<String> adopted, SiteClocks clocks) {
        super(home, overrides, adopted, clocks);
        this.clock = clocks.wall();
    }

    @Override
    protected void begin() throws SiteStartException, IOException {
        HomeTrust trust = HomeTrust.require(home);
        settings = Settings.load(home, LabSettings.ALL, overrides);
        FolderSyncs.require(
                settings,
                List.of(
                        home.folder(),
                        home.work(),
                        home.journal(),
                        home.resolve("keys"),
                        home.resolve("sent"),
                        home.resolve("failed")));
        trust.requireFile(settings.path(OwnIdentity.PASSPHRASE_FILE.name()));
        runningTime = SavedRunningTime.open(home, clocks);
        Map<SiteId, String> routingKeys = LabSettings.recipients(settings);
        Map<SiteId, PostQuantum> policies = LabSettings.postQuantum(settings, routingKeys.keySet());
        LiveLabRoutes routes = LiveLabRoutes.open(settings, trust, policies);
        List<Path> dropRoots = routes.roots();
        identity = OwnIdentity.load(settings, Role.LAB, runningTime.time());
        Path journalFile = home.journal().resolve("lab.db");
        SiteStores stores = SiteStores.admit(home, adopted, journalFile, dropRoots);
        folders = new LabFolders(home, clock, stores.work());
        folders.create();
        folders.removeUnfinished(dropRoots);
        List<Gap> accepted = LabSettings.acceptMissing(settings);
        journal = LabJournal.open(journalFile);
        for (Gap gap : accepted) {
            LOG.info(
                    "missing at {}: {}; accepted are {} of them",
                    gap.site(),
                    gap,
                    journal.received().accept(gap));
        }
        new WorkFolderSweep(journal, folders, home.work()).run();

        client = new StompClient(identity, LinkedSiteSettings.link(settings), clocks.wall());
        window = new OutgoingWindow(
                journal,
                () -> client.isConnected() && catchUp.isOver(),
                message -> Math.min(sizeOf(message), MOST_BYTES_OF_A_MESSAGE),
                settings.count(LabSettings.WINDOW),
                settings.bytes(LabSettings.WINDOW_BYTES),
                settings.duration(LabSettings.RETRY));
        threads = new LabThreads(
                settings.count(LabSettings.WORKERS),
                message -> RouteTerms.of(message, routes.terms()).check() != null);
        PinnedKeys pinned = new PinnedKeys(
                home.resolve("keys"),
                routingKeys.keySet(),
                new EnvelopeVerifier(identity.now().trust()),
                LabSettings.freshnessIsRequired(settings),
                clock);
        pinned.load();
        runtime = new SiteRuntime(home, settings, ROUTE_FOLDERS)
                .live(routes)
                .property(
                        "recipient-sites",
                        pinned.recipients().stream().map(SiteId::value).collect(Collectors.joining(",")));
        bind(stores, pinned, routingKeys, policies, routes);
        client.onConnected(connection -> {
            catchUp.connected();
            askForReceipts.connected();
        });
        runtime.start();
        routes.watchForStrays(runtime.context());
        takeUpPinnedKeys(pinned);
        PublishRoute.open(runtime.context(), window, threads);
    }

    private void bind(
            SiteStores stores,
            PinnedKeys pinned,
            Map<SiteId, String> routingKeys,
            Map<SiteId, PostQuantum> policies,
            LiveLabRoutes routes)
            throws SiteStartException, IOException {
        AfterCommit afterCommit = new AfterCommit(threads.workers());
        PushBack pushBack = new PushBack(settings.duration(LabSettings.RETRY), clocks.steady());
        SettleSteps settle = new SettleSteps(journal, afterCommit, folders, window, pushBack, clock);
        WithdrawSteps withdraw = new WithdrawSteps(journal, window, settle);
        withdraw.look(null);
        runtime.bind(SignatureSteps.beans(identity))
                .bind(HqComponent.SCHEME, new HqComponent(client))
                .bind(
                        TakeRevocationList.NAME,
                        new TakeRevocationList(identity.now().trust(), LinkedSiteSettings.hasNodes(settings)));
        bindDrop(stores, afterCommit);
        bindOutgoing(
                new SealSteps(
                        journal,
                        folders,
                        new BagCheck(LinkedSiteSettings.folderLimits(settings)),
                        new HomeChecks(home),
                        routes::terms,
                        new MessageSealer(CryptoProviders.choose().logged()),
                        identity,
                        underWay),
                new ManifestSteps(
                        journal,
                        afterCommit,
                        settings.text(LabSettings.HQ_EXCHANGE),
                        routingKeys,
                        routes::terms,
                        withdraw),
                settle,
                pushBack,
                withdraw);
        bindKeys(new KeySteps(pinned, policies, identity.now().trust().networkId(), settle::keyPinned));
        bindReceipts();
        bindChain(afterCommit, routes::assignedTypes);
        observe(pinned);
    }

    private void observe(PinnedKeys pinned) throws SiteStartException {
        SiteMetrics metrics = new SiteMetrics(identity, "lab").links(HqLinks.of(client));
        MetricSteps steps = new MetricSteps(metrics, journal, clock);
        LabStatus status =
                new LabStatus(home, new LinkWatch(client, clock), folders, pinned, steps, underWay, runtime::context);
        observer = new SiteObserver(settings, identity, metrics, status, clock);
        runtime.bind(observer.beans()).bind(steps.beans());
    }

    private void bindDrop(SiteStores stores, AfterCommit afterCommit) throws SiteStartException {
        FolderLimits limits = LinkedSiteSettings.folderLimits(settings);
        Duration retry = settings.duration(LabSettings.RETRY);
        SystemFiles systemFiles = LabSettings.systemFiles(settings);
        SettledFiles settled =
                new SettledFiles(settings.duration(LabSettings.SETTLE_TIME), clocks.steady(), systemFiles);
        LeftInPlace leftInPlace = new LeftInPlace(journal, home, clock);
        dropClaims = new DropClaims(home.folder(), home.work(), limits, COPY_PATIENCE);
        ClaimSteps claim = new ClaimSteps(
                dropClaims,
                new UntakenDrops(retry),
                new LeaveOutSystemFiles(systemFiles, folders),
                settled,
                folders,
                leftInPlace,
                retry);
        DropSteps drop =
                new DropSteps(identity.now().site(), limits, journal, folders, window::appeared, afterCommit, clock);
        DropRoots roots =
                new DropRoots(dropClaims::takeUp, folder -> Presence.all(stores.shared(folder), stores.own()));
        runtime.bind(DropComponent.SCHEME, new DropComponent(home.folder(), roots, settled, leftInPlace))
                .bind("claimDrop", (Processor) claim::claim)
                .bind("judgeDrop", (Processor) drop::judge)
                .bind("compareWithEarlier", (Processor) drop::compareWithEarlier)
                .bind("recordClaim", (AsyncStep) drop::recordClaim)
                .bind("lookForOutgoing", (Processor) drop::lookForOutgoing)
                .bind("keepDuplicate", (Processor) drop::keepDuplicate)
                .bind("refuseStray", (Processor) drop::refuseStray)
                .bind("removeMarker", (Processor) claim::removeMarker)
                .bind("refuseDrop", (Processor) claim::refuse)
                .bind("holdDrop", (Processor) claim::hold);
    }

    private void bindOutgoing(
            SealSteps seal, ManifestSteps manifest, SettleSteps settle, PushBack pushBack, WithdrawSteps withdraw)
            throws SiteStartException {
        Duration sentLook = settings.duration(LabSettings.SENT_LOOK);
        runtime.bind("waitForRoom", pushBack)
                .bind("digestContent", (Processor) seal::digest)
                .bind("checkBag", (Processor) seal::checkBag)
                .bind("sealContent", (Processor) seal::seal)
                .bind("chainManifest", (AsyncStep) manifest::chainManifest)
                .bind("takeManifest", (Processor) manifest::takeManifest)
                .bind("keepEnvelope", (AsyncStep) manifest::keepEnvelope)
                .bind(
                        "publishParts",
                        new PublishParts(journal, folders, threads.workers(), pushBack, withdraw, underWay))
                .bind("heedWithdrawal", (Processor) withdraw::heed)
                .bind("lookForWithdrawals", (Processor) withdraw::look)
                .bind("moveToSent", (AsyncStep) settle::moveToSent)
                .bind("isFinalRefusal", (Predicate) SettleSteps::isFinalRefusal)
                .bind("returnToDrop", (Processor) settle::returnToDrop)
                .bind("moveToFailed", (Processor) settle::moveToFailed)
                .bind("leaveForLater", (Processor) settle::leaveForLater)
                .bind("lookAtSent", new SecondLooks(journal, folders.sent(), sentLook, clock))
                .bind(
                        "tidySent",
                        new TidySent(
                                new SentTidy(folders.sent(), journal, clock),
                                settings.read(LabSettings.SENT_DELETE, LabSettings::retention),
                                runningTime.time()));
    }

    private void bindKeys(KeySteps keys) {
        runtime.bind("findRecipientKeys", (Processor) keys::findRecipientKeys)
                .bind("readKeyFrame", (Processor) keys::readFrame)
                .bind("keepKeyEnvelope", (Processor) keys::keepEnvelope)
                .bind("pinKeyBundle", (Processor) keys::pin)
                .bind("judgeKeyBundles", (Processor) keys::judge)
                .bind("reportKeyFault", (Processor) keys::reportFault);
    }

    private void bindReceipts() throws SiteStartException, IOException {
        SiteId site = identity.now().site();
        SiteId hq = LinkedSiteSettings.headquarters(settings);
        SeenLog seenLog = LinkedSiteSettings.seenLog(settings, identity.now().trust(), client::request);
        ReceiptedMessages messages = new ReceiptedMessages(journal);
        askForReceipts = new AskForReceipts(site, messages, client::request, threads.receipts());
        ReceiptFiles files = new ReceiptFiles(folders.sent(), LabSettings.withoutReceipts(settings));
        Resends resends = new Resends(journal, folders, files, window::appeared);
        ReceiptSteps steps = new ReceiptSteps(
                identity, CryptoProviders.choose().signature(), messages, files, seenLog, resends::lost, clock);
        ReportUnproved unproved = new ReportUnproved(messages, settings.duration(LabSettings.PROOF_WITHIN), clock);
        ReportOvertaken overtaken = new ReportOvertaken(
                messages, files, threads.receipts(), settings.duration(LabSettings.OVERTAKEN_AFTER), clock);
        runtime.bind("receiptThread", threads.receipts())
                .bind("takeLogFrame", (Processor) seenLog::takeHead)
                .bind("readOutcomes", (Processor) steps::read)
                .bind("findReceipted", (Processor) steps::find)
                .bind("matchReceipt", (Processor) steps::match)
                .bind("findVerdict", (Processor) steps::findVerdict)
                .bind("matchVerdict", (Processor) steps::matchVerdict)
                .bind("collectOutcome", (Processor) steps::collect)
                .bind("fileReceipts", (Processor) steps::file)
                .bind("confirmVerdicts", new ConfirmVerdicts(client::request))
                .bind("askForReceipts", askForReceipts)
                .bind("takeResendRequests", new ResendRequests(home, resends, client::request, threads.receipts()))
                .bind("answerQuestions", AskHeadquarters.answers(home, HqLinks.of(client), site, hq))
                .bind("reportUnproved", unproved)
                .bind("reportOvertaken", overtaken)
                .bind("reportReceiptFault", (Processor) steps::reportFault);
    }

    private void bindChain(AfterCommit afterCommit, Supplier<Set<String>> types) {
        ChainQuestions questions =
                new ChainQuestions(identity.now().site(), client::request, threads.chain(), PATIENCE_WITH_HEADQUARTERS);
        catchUp = new CatchUp(
                questions,
                journal.chain(),
                () -> DropSteps.series(identity.now().site(), types.get(), clock),
                window,
                threads.workers(),
                PATIENCE_WITH_HEADQUARTERS);
        ChainSteps steps =
                new ChainSteps(identity.now().site(), identity.now().trust().networkId(), questions, journal.chain());
        ConflictSteps conflict = new ConflictSteps(catchUp, questions, journal, folders, window, afterCommit);
        runtime.bind("chainThread", threads.chain())
                .bind("readChainFrame", (Processor) steps::readFrame)
                .bind("collectManifest", (Processor) steps::collect)
                .bind("reportChainFault", (Processor) steps::reportFault)
                .bind("checkClaimedId", (AsyncStep) conflict::checkClaimedId)
                .bind("isConflict", (Predicate) ConflictSteps::isConflict)
                .bind("judgeConflict", (AsyncStep) conflict::judgeConflict)
                .bind("takeNextId", (AsyncStep) conflict::takeNextId);
    }

    private void takeUpPinnedKeys(PinnedKeys pinned) throws IOException {
        try (ProducerTemplate template = runtime.context().createProducerTemplate()) {
            for (SiteId recipient : pinned.recipients()) {
                Optional<byte[]> envelope = pinned.envelopeOnDisk(recipient);
                if (envelope.isPresent()) {
                    template.sendBody("direct:key-bundle", envelope.get());
                }
            }
        }
    }

    private long sizeOf(OutgoingMessage message) {
        if (message.state() == State.CLAIMED) {
            return message.size();
        }
        try {
            return Files.size(folders.sealed(message.messageId()));
        } catch (IOException e) {
            return 0;
        }
    }

    @Override
    public Map<String, String> facts() {
        String site = settings.text(OwnIdentity.SITE_ID);
        return Map.of("site", site, "home", home.folder().toString());
    }

    @Override
    public void close() {
        if (window != null) {
            window.drain(settings.duration(LabSettings.STOP_WAIT));
            StompConnection connection = client.connection();
            if (window.underWay() > 0 && connection != null) {
                // A message without an answer ends, so that the routes need not wait.
                connection.close();
            }
        }
        if (runtime != null) {
            runtime.close();
        }
        if (observer != null) {
            observer.close();
        }
        if (dropClaims != null) {
            dropClaims.close();
        }
        if (threads != null) {
            threads.close(home.folder().toString());
        }
        if (journal != null) {
            journal.close();
        }
        if (runningTime != null) {
            runningTime.close();
        }
    }
}
