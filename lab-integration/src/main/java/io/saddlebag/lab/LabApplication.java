package io.saddlebag.lab;

import io.saddlebag.dsse.SigningBeans;
import io.saddlebag.files.SystemFiles;
import io.saddlebag.files.tree.FolderLimits;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.journal.AfterCommit;
import io.saddlebag.journal.JournalException;
import io.saddlebag.lab.bag.BagCheck;
import io.saddlebag.lab.chain.CatchUp;
import io.saddlebag.lab.chain.ChainQuestions;
import io.saddlebag.lab.chain.CheckClaimedId;
import io.saddlebag.lab.chain.CollectManifest;
import io.saddlebag.lab.chain.HeldMessages;
import io.saddlebag.lab.chain.IsConflict;
import io.saddlebag.lab.chain.JudgeConflict;
import io.saddlebag.lab.chain.ReadChainFrame;
import io.saddlebag.lab.chain.ReportChainFault;
import io.saddlebag.lab.chain.TakeNextId;
import io.saddlebag.lab.claim.DropClaims;
import io.saddlebag.lab.claim.DropRoots;
import io.saddlebag.lab.drop.ClaimDrop;
import io.saddlebag.lab.drop.ClaimsUnderWay;
import io.saddlebag.lab.drop.CompareWithEarlier;
import io.saddlebag.lab.drop.FolderJudge;
import io.saddlebag.lab.drop.HoldDrop;
import io.saddlebag.lab.drop.JudgeDrop;
import io.saddlebag.lab.drop.KeepDuplicate;
import io.saddlebag.lab.drop.LeaveOutSystemFiles;
import io.saddlebag.lab.drop.RecordClaim;
import io.saddlebag.lab.drop.RefuseDrop;
import io.saddlebag.lab.drop.RefuseStray;
import io.saddlebag.lab.drop.RemoveMarker;
import io.saddlebag.lab.drop.UntakenDrops;
import io.saddlebag.lab.keys.FindRecipientKeys;
import io.saddlebag.lab.keys.KeepKeyEnvelope;
import io.saddlebag.lab.keys.PinKeyBundle;
import io.saddlebag.lab.keys.PinnedKeys;
import io.saddlebag.lab.keys.ReadKeyFrame;
import io.saddlebag.lab.keys.ReportKeyFault;
import io.saddlebag.lab.message.DropFolder;
import io.saddlebag.lab.message.IsFrom;
import io.saddlebag.lab.message.LabExchange;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.message.OutgoingMessage.State;
import io.saddlebag.lab.message.RouteTerms;
import io.saddlebag.lab.outgoing.ChainManifest;
import io.saddlebag.lab.outgoing.CheckBag;
import io.saddlebag.lab.outgoing.DigestContent;
import io.saddlebag.lab.outgoing.KeepEnvelope;
import io.saddlebag.lab.outgoing.LeaveForLater;
import io.saddlebag.lab.outgoing.LookAtSent;
import io.saddlebag.lab.outgoing.LookForOutgoing;
import io.saddlebag.lab.outgoing.MoveToFailed;
import io.saddlebag.lab.outgoing.MoveToSent;
import io.saddlebag.lab.outgoing.OutgoingWindow;
import io.saddlebag.lab.outgoing.PartUpload;
import io.saddlebag.lab.outgoing.PublishParts;
import io.saddlebag.lab.outgoing.PushBack;
import io.saddlebag.lab.outgoing.ReturnToDrop;
import io.saddlebag.lab.outgoing.SealContent;
import io.saddlebag.lab.outgoing.TakeManifest;
import io.saddlebag.lab.receipts.AskForReceipts;
import io.saddlebag.lab.receipts.CollectOutcome;
import io.saddlebag.lab.receipts.FileReceipts;
import io.saddlebag.lab.receipts.FindReceipted;
import io.saddlebag.lab.receipts.MatchReceipt;
import io.saddlebag.lab.receipts.ReadOutcomes;
import io.saddlebag.lab.receipts.ReceiptedMessages;
import io.saddlebag.lab.receipts.ReportReceiptFault;
import io.saddlebag.lab.records.LabFolders;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.lab.records.SecondLooks;
import io.saddlebag.lab.records.WorkFolderSweep;
import io.saddlebag.lab.scan.DropComponent;
import io.saddlebag.lab.scan.SettledFiles;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.SiteId;
import io.saddlebag.seal.CryptoProviders;
import io.saddlebag.seal.MessageSealer;
import io.saddlebag.site.FolderSyncs;
import io.saddlebag.site.HomeTrust;
import io.saddlebag.site.OwnIdentity;
import io.saddlebag.site.SavedRunningTime;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteApplication;
import io.saddlebag.site.SiteClocks;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.site.camel.SiteRuntime;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.client.LinkOptions;
import io.saddlebag.stomp.client.StompClient;
import io.saddlebag.stores.HomeStores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.camel.AsyncProducer;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.TemplatedRouteBuilder;
import org.apache.camel.support.DefaultExchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A laboratory that runs: its drop folders, its journal, its link to headquarters. */
public final class LabApplication implements SiteApplication {
    /** The folders below {@code routes/} whose files make up a laboratory. */
    public static final List<String> ROUTE_FOLDERS = List.of("common", "site", "templates", "lab");

    private static final Logger LOG = LoggerFactory.getLogger(LabApplication.class);
    /** How many frames of receipts may wait to be written; what comes beyond is asked for later. */
    private static final int MOST_RECEIPT_FRAMES = 64;

    /** How many manifests may wait to be verified; headquarters answers with one a recipient. */
    private static final int MOST_MANIFESTS = 256;
    /** How long messages wait for headquarters to say what it has of this laboratory. */
    private static final Duration PATIENCE_WITH_HEADQUARTERS = Duration.ofSeconds(10);
    /** With a copy from a drop folder on another file system that makes no progress. */
    private static final Duration COPY_PATIENCE = Duration.ofMinutes(1);

    private static final Duration DRAIN = Duration.ofSeconds(10);
    /** From this size on a file is long, in bytes. */
    private static final long LONG = 16L << 20;

    private static final long MOST_BYTES_OF_A_MESSAGE = (long) PartUpload.PARTS_UNDER_WAY * Manifest.PART_SIZE;

    private final SiteHome home;
    private final Map<String, String> overrides;
    private final Set<String> adopted;
    private final SiteClocks clocks;
    private final Clock clock;
    private Settings settings;
    private SavedRunningTime runningTime;
    private LabJournal journal;
    private DropClaims dropClaims;
    private OutgoingWindow window;
    private ExecutorService workers;
    private ExecutorService sealersOfLongFiles;
    private ExecutorService receiptThread;
    private ExecutorService chainThread;
    private CatchUp catchUp;
    private AskForReceipts askForReceipts;
    private StompClient client;
    private SiteRuntime runtime;

    /** @param overrides settings that count before those of the home's file */
    public LabApplication(SiteHome home, Map<String, String> overrides) {
        this(home, overrides, Set.of(), SiteClocks.ofSystem());
    }

    /**
     * As {@link #LabApplication(SiteHome, Map)}, by given clocks.
     *
     * @param adopted names of stores that are this home's from now on
     */
    public LabApplication(SiteHome home, Map<String, String> overrides, Set<String> adopted, SiteClocks clocks) {
        this.adopted = Set.copyOf(adopted);
        this.clocks = clocks;
        this.clock = clocks.wall();
        this.home = Objects.requireNonNull(home, "home");
        this.overrides = Map.copyOf(overrides);
    }

    @Override
    public void start() throws SiteStartException {
        try {
            startAll();
        } catch (IOException | JournalException e) {
            close();
            throw new SiteStartException(home.folder() + ": " + e.getMessage(), e);
        } catch (SiteStartException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private void startAll() throws SiteStartException, IOException {
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
        List<DropFolder> dropFolders = LabRoutes.check(
                home, ROUTE_FOLDERS, routingKeys.keySet(), settings.home().settingsFile());
        List<Path> dropRoots = dropFolders.stream()
                .map(folder -> home.resolve(folder.directory()))
                .toList();
        trust.requireParents(dropRoots);
        FolderSyncs.require(settings, dropRoots);
        Map<String, RouteTerms> terms = RouteTerms.read(home, ROUTE_FOLDERS);
        SiteIdentity identity = OwnIdentity.load(settings, runningTime.time());
        LabStores stores = LabStores.admit(home, HomeStores.open(home, adopted), dropFolders);
        LabFolders folders = new LabFolders(home, clock, stores.work());
        folders.create();
        folders.removeUnfinished(dropFolders);
        journal = LabJournal.open(stores.journalFile());
        new WorkFolderSweep(journal, folders, home.work()).run();

        client = new StompClient(
                identity,
                LinkOptions.to(
                                settings.siteId(LabSettings.HQ_ID),
                                settings.host(LabSettings.HQ_HOST),
                                settings.port(LabSettings.HQ_PORT))
                        .withLongestDelay(settings.duration(LabSettings.RECONNECT_MAX))
                        .withHeartBeat(settings.duration(LabSettings.HEART_BEAT)),
                clocks.wall());
        window = new OutgoingWindow(
                journal,
                () -> client.isConnected() && catchUp.isOver(),
                message -> Math.min(sizeOf(folders, message), MOST_BYTES_OF_A_MESSAGE),
                settings.count(LabSettings.WINDOW),
                settings.bytes(LabSettings.WINDOW_BYTES),
                settings.duration(LabSettings.RETRY));
        workers = threads("saddlebag-worker-", settings.count(LabSettings.WORKERS));
        sealersOfLongFiles = threads("saddlebag-long-file-", settings.count(LabSettings.WORKERS));
        PinnedKeys pinned = new PinnedKeys(home.resolve("keys"), routingKeys.keySet(), clock);
        runtime = new SiteRuntime(home, settings, ROUTE_FOLDERS);
        bind(identity, stores, folders, pinned, routingKeys, terms);
        client.onConnected(connection -> connected(connection, pinned));
        runtime.start();
        dropFolders.stream().filter(folder -> folder.taken() != null).forEach(this::watchForStrays);
        takeUpPinnedKeys(pinned);
        openWindow();
    }

    private void bind(
            SiteIdentity identity,
            LabStores stores,
            LabFolders folders,
            PinnedKeys pinned,
            Map<SiteId, String> routingKeys,
            Map<String, RouteTerms> terms)
            throws SiteStartException {
        FolderLimits folderLimits = LabSettings.folderLimits(settings);
        runtime.bind(SigningBeans.beans(identity));
        runtime.bind(client.beans());
        SystemFiles systemFiles = LabSettings.systemFiles(settings);
        SettledFiles settled =
                new SettledFiles(settings.duration(LabSettings.SETTLE_TIME), clocks.steady(), systemFiles);
        PushBack pushBack = new PushBack(settings.duration(LabSettings.RETRY), clocks.steady());
        LeaveForLater leaveForLater = new LeaveForLater(window, pushBack);
        AfterCommit afterCommit = new AfterCommit(workers);
        ClaimsUnderWay claims = new ClaimsUnderWay();
        UntakenDrops untaken = new UntakenDrops(settings.duration(LabSettings.RETRY));
        dropClaims = new DropClaims(home.folder(), home.work(), folderLimits, COPY_PATIENCE);
        runtime.bind(
                        DropComponent.SCHEME,
                        new DropComponent(
                                home.folder(), new DropRoots(dropClaims::takeUp, stores::dropFolder), settled))
                .bind("judgeDrop", new JudgeDrop(identity.site(), new FolderJudge(folderLimits)))
                .bind("compareWithEarlier", new CompareWithEarlier(journal, folders, claims))
                .bind("refuseStray", new RefuseStray())
                .bind("claimDrop", new ClaimDrop(dropClaims, untaken, new LeaveOutSystemFiles(systemFiles, folders)))
                .bind("recordClaim", new RecordClaim(identity.site(), journal, folders, claims, afterCommit, clock))
                .bind("keepDuplicate", new KeepDuplicate(folders))
                .bind("removeMarker", new RemoveMarker(dropClaims))
                .bind("lookForOutgoing", new LookForOutgoing(window))
                .bind("refuseDrop", new RefuseDrop(folders))
                .bind(
                        "holdDrop",
                        new HoldDrop(settled, folders, dropClaims, untaken, settings.duration(LabSettings.RETRY)))
                .bind("waitForRoom", pushBack)
                .bind("findRecipientKeys", new FindRecipientKeys(pinned))
                .bind("digestContent", new DigestContent(journal, folders))
                .bind("checkBag", new CheckBag(new BagCheck(folderLimits), folders))
                .bind(
                        "sealContent",
                        new SealContent(
                                new MessageSealer(CryptoProviders.choose().logged()), identity, folders))
                .bind(
                        "chainManifest",
                        new ChainManifest(
                                journal,
                                afterCommit,
                                identity,
                                settings.text(LabSettings.HQ_EXCHANGE),
                                routingKeys,
                                terms))
                .bind("takeManifest", new TakeManifest())
                .bind("keepEnvelope", new KeepEnvelope(journal, afterCommit))
                .bind("publishParts", new PublishParts(client::onThisConnection, journal, folders, workers, pushBack))
                .bind("moveToSent", new MoveToSent(journal, afterCommit, folders, clock))
                .bind(
                        "lookAtSent",
                        new LookAtSent(
                                new SecondLooks(journal),
                                folders.sent(),
                                settings.duration(LabSettings.SENT_LOOK),
                                clock))
                .bind("returnToDrop", new ReturnToDrop(journal, folders))
                .bind("moveToFailed", new MoveToFailed(journal, folders, clock))
                .bind("leaveForLater", leaveForLater)
                .bind("readKeyFrame", new ReadKeyFrame())
                .bind("keepKeyEnvelope", new KeepKeyEnvelope())
                .bind("pinKeyBundle", new PinKeyBundle(pinned, identity.trust().networkId(), () -> {
                    leaveForLater.reportAgain();
                    window.startOver();
                }))
                .bind("reportKeyFault", new ReportKeyFault());
        bindReceipts(identity, folders);
        bindChain(identity, folders, afterCommit);
    }

    private void bindChain(SiteIdentity identity, LabFolders folders, AfterCommit afterCommit)
            throws SiteStartException {
        chainThread = boundedThread("saddlebag-chain", MOST_MANIFESTS);
        ChainQuestions questions =
                new ChainQuestions(identity.site(), client::request, chainThread, PATIENCE_WITH_HEADQUARTERS);
        Set<String> types = LabRoutes.assignedTypes(home, ROUTE_FOLDERS);
        catchUp = new CatchUp(
                questions,
                journal.chain(),
                () -> RecordClaim.series(identity.site(), types, clock),
                window,
                workers,
                PATIENCE_WITH_HEADQUARTERS);
        HeldMessages held = new HeldMessages(questions);
        runtime.bind("isOfChain", new IsFrom(Headers.CHAIN_PREFIX))
                .bind("chainThread", chainThread)
                .bind("readChainFrame", new ReadChainFrame())
                .bind("collectManifest", new CollectManifest(identity, questions))
                .bind("reportChainFault", new ReportChainFault(journal.chain()))
                .bind("checkClaimedId", new CheckClaimedId(catchUp, held, afterCommit))
                .bind("isConflict", new IsConflict())
                .bind("judgeConflict", new JudgeConflict(held, journal.chain(), afterCommit))
                .bind("takeNextId", new TakeNextId(journal, folders, window, afterCommit));
    }

    /** What finds no room there is refused, and asked for later. */
    private static ExecutorService boundedThread(String name, int mostWaiting) {
        return new ThreadPoolExecutor(
                1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(mostWaiting), task -> new Thread(task, name));
    }

    private void bindReceipts(SiteIdentity identity, LabFolders folders) {
        ReceiptedMessages messages = new ReceiptedMessages(journal);
        receiptThread = boundedThread("saddlebag-receipts", MOST_RECEIPT_FRAMES);
        askForReceipts = new AskForReceipts(identity.site(), messages, client::request, receiptThread);
        runtime.bind("isOfReceipts", new IsFrom(Headers.RECEIPTS_PREFIX))
                .bind("receiptThread", receiptThread)
                .bind("readOutcomes", new ReadOutcomes())
                .bind("findReceipted", new FindReceipted(messages))
                .bind(
                        "matchReceipt",
                        new MatchReceipt(identity.site(), identity.trust().networkId()))
                .bind("collectOutcome", new CollectOutcome())
                .bind("fileReceipts", new FileReceipts(messages, folders.sent()))
                .bind("askForReceipts", askForReceipts)
                .bind("reportReceiptFault", new ReportReceiptFault());
    }

    /** Runs on the link's event loop, so it only sends and signals. */
    private void connected(StompConnection connection, PinnedKeys pinned) {
        for (SiteId recipient : pinned.recipients()) {
            connection.send(StompFrame.of(StompCommand.SUBSCRIBE)
                    .header(Headers.ID, "keys-" + recipient)
                    .header(Headers.DESTINATION, Headers.KEYS_PREFIX + recipient)
                    .build());
        }
        catchUp.connected();
        askForReceipts.connected();
    }

    private void watchForStrays(DropFolder folder) {
        TemplatedRouteBuilder.builder(runtime.context(), "stray-files")
                .routeId("stray-files-" + folder.directory())
                .parameter("directory", folder.directory())
                .parameter("recursive", Boolean.toString(folder.recursive()))
                .parameter(RefuseStray.TAKEN, folder.taken())
                .add();
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

    private void openWindow() throws SiteStartException {
        CamelContext context = runtime.context();
        AsyncProducer producer;
        try {
            producer = context.getEndpoint("direct:outgoing").createAsyncProducer();
            producer.start();
        } catch (Exception e) {
            throw new SiteStartException(
                    home.folder() + ": the route hq-publish cannot be reached: " + e.getMessage(), e);
        }
        window.open((message, done) -> threadsOf(message).execute(() -> {
            Exchange exchange = new DefaultExchange(context);
            LabExchange.outgoing(exchange, message);
            try {
                producer.process(exchange, doneSync -> done.run());
            } catch (RuntimeException | Error e) {
                done.run();
                throw e;
            }
        }));
    }

    /** Whoever seals a long file has nothing else to do: claims, parts and confirms of all others go on meanwhile. */
    private Executor threadsOf(OutgoingMessage message) {
        return message.state() == State.CLAIMED && message.size() >= LONG ? sealersOfLongFiles : workers;
    }

    private static ExecutorService threads(String name, int count) {
        AtomicInteger made = new AtomicInteger();
        return Executors.newFixedThreadPool(
                Math.max(1, count), task -> new Thread(task, name + made.incrementAndGet()));
    }

    private static long sizeOf(LabFolders folders, OutgoingMessage message) {
        if (message.state() == State.CLAIMED && message.claim().look() != null) {
            return message.size();
        }
        Path file = message.state() == State.CLAIMED
                ? folders.content(message.messageId())
                : folders.sealed(message.messageId());
        try {
            return Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS) ? message.size() : Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }

    @Override
    public Map<String, String> facts() {
        return Map.of(
                "site",
                settings.text(LabSettings.SITE_ID),
                "home",
                home.folder().toString());
    }

    @Override
    public void close() {
        if (window != null) {
            window.drain(settings.duration(LabSettings.STOP_WAIT));
            breakOffTheRest();
        }
        if (runtime != null) {
            runtime.close();
        }
        if (dropClaims != null) {
            dropClaims.close();
        }
        for (ExecutorService each : Stream.of(workers, sealersOfLongFiles, receiptThread, chainThread)
                .filter(Objects::nonNull)
                .toList()) {
            await(each);
        }
        if (journal != null) {
            journal.close();
        }
        if (runningTime != null) {
            runningTime.close();
        }
    }

    /** What headquarters has not answered by now ends as with a broken connection, so that the routes need not wait. */
    private void breakOffTheRest() {
        StompConnection connection = client.connection();
        if (window.underWay() > 0 && connection != null) {
            connection.close();
        }
    }

    private void await(ExecutorService threads) {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(DRAIN.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("site={} a file is still being worked on; it is taken up at the next start", home.folder());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
