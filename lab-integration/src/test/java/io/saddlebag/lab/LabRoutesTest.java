package io.saddlebag.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.check.HomeChecks;
import io.saddlebag.dsse.EnvelopeVerifier;
import io.saddlebag.dsse.SignatureSteps;
import io.saddlebag.files.Presence;
import io.saddlebag.files.SystemFiles;
import io.saddlebag.files.tree.FolderLimits;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.journal.AfterCommit;
import io.saddlebag.lab.bag.BagCheck;
import io.saddlebag.lab.chain.CatchUp;
import io.saddlebag.lab.chain.ChainQuestions;
import io.saddlebag.lab.chain.ConflictSteps;
import io.saddlebag.lab.claim.DropClaims;
import io.saddlebag.lab.claim.DropRoots;
import io.saddlebag.lab.drop.ClaimSteps;
import io.saddlebag.lab.drop.DropSteps;
import io.saddlebag.lab.drop.LeaveOutSystemFiles;
import io.saddlebag.lab.drop.UntakenDrops;
import io.saddlebag.lab.keys.KeySteps;
import io.saddlebag.lab.keys.PinnedKeys;
import io.saddlebag.lab.message.OutgoingContext;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.message.OutgoingMessage.State;
import io.saddlebag.lab.metrics.MetricSteps;
import io.saddlebag.lab.outgoing.ManifestSteps;
import io.saddlebag.lab.outgoing.OutgoingWindow;
import io.saddlebag.lab.outgoing.PublishParts;
import io.saddlebag.lab.outgoing.PushBack;
import io.saddlebag.lab.outgoing.SealSteps;
import io.saddlebag.lab.outgoing.SettleSteps;
import io.saddlebag.lab.outgoing.WithdrawSteps;
import io.saddlebag.lab.records.LabFolders;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.lab.records.LeftInPlace;
import io.saddlebag.lab.scan.DropComponent;
import io.saddlebag.lab.scan.SettledFiles;
import io.saddlebag.log.WorkUnderWay;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import io.saddlebag.observe.SiteMetrics;
import io.saddlebag.seal.CryptoProviders;
import io.saddlebag.seal.MessageSealer;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.camel.AsyncStep;
import io.saddlebag.stomp.HostName;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.client.HqComponent;
import io.saddlebag.stomp.client.HqEndpoint;
import io.saddlebag.stomp.client.LinkOptions;
import io.saddlebag.stomp.client.OneConnection;
import io.saddlebag.stomp.client.PartWindow;
import io.saddlebag.stomp.client.StompClient;
import io.saddlebag.testing.TestNetwork;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;
import org.apache.camel.Processor;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.builder.NotifyBuilder;
import org.apache.camel.spi.Registry;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.apache.camel.test.junit5.TestExecutionConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped routes of a laboratory with their real beans, folders and journal; headquarters' answers are given here. */
class LabRoutesTest extends CamelTestSupport {
    private static final String NAME = "FL-LAB_DAT_20251008_001.csv";
    private static final MessageId ID = MessageId.of("FL-LAB_DAT_20251008_001");
    private static final byte[] CONTENT = "sample,result\n".getBytes(StandardCharsets.UTF_8);
    private static final Set<SiteId> RECIPIENTS = Set.of(SiteId.of("CA-RC"), SiteId.of("SF-RC"));

    @TempDir
    Path folder;

    private final List<StompFrame> sent = new CopyOnWriteArrayList<>();
    private final ExecutorService workers = Executors.newSingleThreadExecutor();
    private volatile CompletableFuture<StompFrame> answer = CompletableFuture.completedFuture(
            StompFrame.of(StompCommand.RECEIPT).build());
    private TestNetwork network;
    private TestLab lab;
    private LabJournal journal;
    private DropClaims dropClaims;
    private OutgoingWindow window;

    @Override
    public void configureTest(TestExecutionConfiguration configuration) {
        configuration.withUseAdviceWith(true).withDisableJMX();
    }

    @Override
    protected void bindToRegistry(Registry registry) throws Exception {
        network = TestNetwork.create(folder);
        lab = new TestLab(network, folder.resolve("home"));
        SiteHome home = lab.home();
        SiteIdentity identity = network.identity(TestLab.SITE);
        Clock clock = Clock.systemUTC();
        LabFolders folders = new LabFolders(home, clock, Presence.ALWAYS);
        folders.create();
        journal = LabJournal.open(home.journal().resolve("lab.db"));
        window = new OutgoingWindow(journal, () -> false, message -> 1, 1, 1, Duration.ofHours(1));
        PinnedKeys pinned =
                new PinnedKeys(home.resolve("keys"), RECIPIENTS, new EnvelopeVerifier(identity.trust()), false, clock);
        SettledFiles settled = new SettledFiles(Duration.ofMillis(20), clock, SystemFiles.USUAL);
        PushBack pushBack = new PushBack(Duration.ofHours(1), clock);
        registry.bind("waitForRoom", pushBack);
        AfterCommit afterCommit = new AfterCommit(workers);
        SignatureSteps.beans(identity).forEach(registry::bind);
        dropClaims = new DropClaims(home.folder(), home.work(), FolderLimits.USUAL, Duration.ofMinutes(1));
        LeftInPlace leftInPlace = new LeftInPlace(journal, home, clock);
        UntakenDrops untaken = new UntakenDrops(Duration.ofHours(1));
        registry.bind(
                DropComponent.SCHEME,
                new DropComponent(
                        home.folder(),
                        new DropRoots(dropClaims::takeUp, folder -> Presence.ALWAYS),
                        settled,
                        leftInPlace));
        DropSteps drop = new DropSteps(
                identity.site(), FolderLimits.USUAL, journal, folders, window::appeared, afterCommit, clock);
        registry.bind("recordClaim", (AsyncStep) drop::recordClaim);
        ClaimSteps claim = new ClaimSteps(
                dropClaims,
                untaken,
                new LeaveOutSystemFiles(SystemFiles.USUAL, folders),
                settled,
                folders,
                leftInPlace,
                Duration.ofMillis(50));
        bind(
                registry,
                Map.of(
                        "judgeDrop", drop::judge,
                        "compareWithEarlier", drop::compareWithEarlier,
                        "claimDrop", claim::claim,
                        "keepDuplicate", drop::keepDuplicate,
                        "removeMarker", claim::removeMarker,
                        "lookForOutgoing", drop::lookForOutgoing,
                        "refuseDrop", claim::refuse,
                        "holdDrop", claim::hold));
        SealSteps seal = new SealSteps(
                journal,
                folders,
                new BagCheck(FolderLimits.USUAL),
                new HomeChecks(home),
                Map::of,
                new MessageSealer(CryptoProviders.choose()),
                identity,
                new WorkUnderWay());
        SettleSteps settle = new SettleSteps(journal, afterCommit, folders, window, pushBack, clock);
        WithdrawSteps withdraw = new WithdrawSteps(journal, window, settle);
        Map<SiteId, String> routingKeys = Map.of(SiteId.of("CA-RC"), "ca_rc", SiteId.of("SF-RC"), "sf_rc");
        ManifestSteps manifest = new ManifestSteps(journal, afterCommit, "labs", routingKeys, Map::of, withdraw);
        registry.bind("chainManifest", (AsyncStep) manifest::chainManifest);
        registry.bind("keepEnvelope", (AsyncStep) manifest::keepEnvelope);
        registry.bind("moveToSent", (AsyncStep) settle::moveToSent);
        bind(
                registry,
                Map.of(
                        "digestContent", seal::digest,
                        "checkBag", seal::checkBag,
                        "sealContent", seal::seal,
                        "takeManifest", manifest::takeManifest,
                        "publishParts",
                                new PublishParts(journal, folders, workers, pushBack, withdraw, new WorkUnderWay()),
                        "heedWithdrawal", withdraw::heed,
                        "returnToDrop", settle::returnToDrop,
                        "moveToFailed", settle::moveToFailed));
        ChainQuestions questions = new ChainQuestions(TestLab.SITE, this::request, workers, Duration.ofSeconds(10));
        CatchUp catchUp = new CatchUp(questions, journal.chain(), List::of, window, workers, Duration.ofSeconds(10));
        ConflictSteps conflict = new ConflictSteps(catchUp, questions, journal, folders, window, afterCommit);
        registry.bind(
                HqComponent.SCHEME,
                new HqComponent(
                        new StompClient(identity, LinkOptions.to(TestNetwork.HQ, HostName.of("127.0.0.1"), 1))));
        registry.bind("isConflict", (Predicate) ConflictSteps::isConflict);
        registry.bind("isFinalRefusal", (Predicate) SettleSteps::isFinalRefusal);
        registry.bind("checkClaimedId", (AsyncStep) conflict::checkClaimedId);
        registry.bind("judgeConflict", (AsyncStep) conflict::judgeConflict);
        registry.bind("takeNextId", (AsyncStep) conflict::takeNextId);
        MetricSteps metrics = new MetricSteps(new SiteMetrics(identity, "lab"), journal, clock);
        bind(
                registry,
                Map.of(
                        "countClaimed", metrics::countClaimed,
                        "countRefusedDrop", metrics::countRefusedDrop,
                        "countSent", metrics::countSent,
                        "countRefused", metrics::countRefused));
        KeySteps keys = new KeySteps(pinned, Map.of(), identity.trust().networkId(), settle::keyPinned);
        bind(
                registry,
                Map.of(
                        "leaveForLater", settle::leaveForLater,
                        "findRecipientKeys", keys::findRecipientKeys,
                        "readKeyFrame", keys::readFrame,
                        "keepKeyEnvelope", keys::keepEnvelope,
                        "pinKeyBundle", keys::pin,
                        "judgeKeyBundles", keys::judge,
                        "reportKeyFault", keys::reportFault));
    }

    private static void bind(Registry registry, Map<String, Processor> steps) {
        steps.forEach(registry::bind);
    }

    /** In the place of the connection. */
    private boolean send(Exchange exchange, AsyncCallback callback) {
        exchange.getMessage()
                .getBody(HqEndpoint.Upload.class)
                .over(new OneConnection(this::request, new PartWindow(() -> true)))
                .whenComplete((confirmed, failure) -> {
                    if (failure != null) {
                        exchange.setException(failure.getCause());
                    }
                    callback.done(false);
                });
        return false;
    }

    private CompletableFuture<StompFrame> request(StompFrame frame) {
        sent.add(frame);
        return answer;
    }

    @BeforeEach
    void load() throws Exception {
        Properties properties = new Properties();
        properties.put("home", lab.home().folder().toString());
        properties.put("folder.poll-interval", "20");
        properties.put("hq.exchange", "labs");
        properties.put("recipient-sites", "CA-RC,SF-RC");
        context.getPropertiesComponent().setInitialProperties(properties);
        List<Resource> files = new ArrayList<>();
        for (String file : List.of(
                "classpath:saddlebag/routes/lab/errors.camel.yaml",
                "classpath:saddlebag/routes/templates/drop-folder.camel.yaml",
                "classpath:saddlebag/routes/lab/hq-publish.camel.yaml",
                "classpath:saddlebag/routes/lab/recipient-keys.camel.yaml",
                "classpath:saddlebag/routes/common/signatures.camel.yaml",
                "file:" + lab.home().routes().resolve("drop-folders.camel.yaml"))) {
            files.add(ResourceHelper.resolveMandatoryResource(context, file));
        }
        PluginHelper.getRoutesLoader(context).loadRoutes(files);
        AdviceWith.adviceWith(context, "hq-publish", route -> route.weaveById("hq-publish-send")
                .replace()
                .process((AsyncStep) this::send));
    }

    @AfterEach
    void close() {
        context.stop();
        window.drain(Duration.ZERO);
        workers.shutdownNow();
        journal.close();
        dropClaims.close();
    }

    private NotifyBuilder done(String route) {
        return new NotifyBuilder(context).fromRoute(route).whenDone(1).create();
    }

    private void await(NotifyBuilder events) {
        assertThat(events.matches(60, TimeUnit.SECONDS)).isTrue();
    }

    private void claim() throws IOException {
        NotifyBuilder claimed = done("fl-lab-raw-data");
        lab.drop(NAME, CONTENT);
        await(claimed);
    }

    private void publish() {
        OutgoingMessage message = journal.find(ID).orElseThrow();
        Exchange done = template.send("direct:outgoing", exchange -> OutgoingContext.message(exchange, message));
        assertThat(done.getException()).isNull();
    }

    private void pinKeys() {
        TestHeadquarters keys = new TestHeadquarters(network);
        for (SiteId recipient : RECIPIENTS) {
            template.sendBody("direct:key-bundle", keys.bundleOf(recipient));
        }
    }

    @Test
    void aDroppedFileIsClaimedForItsRoutesRecipients() throws Exception {
        context.start();
        claim();

        OutgoingMessage claimed = journal.find(ID).orElseThrow();
        assertThat(claimed.state()).isEqualTo(State.CLAIMED);
        assertThat(claimed.claim().routeId()).isEqualTo("fl-lab-raw-data");
        assertThat(claimed.claim().recipients()).containsExactlyInAnyOrderElementsOf(RECIPIENTS);
        assertThat(lab.files("drop")).isEmpty();
        assertThat(lab.files("work")).containsExactly(ID.value());
    }

    @Test
    void aRefusedNameGoesToTheErrorRoute() throws Exception {
        context.start();
        NotifyBuilder refused = done("fl-lab-raw-data");
        lab.drop("bad name.csv", CONTENT);
        await(refused);

        assertThat(lab.files("failed")).containsExactly("bad name.csv", "bad name.csv.reason.json");
        assertThat(lab.files("drop")).isEmpty();
    }

    @Test
    void aFileWhoseClaimFailsStaysWhereItIs() throws Exception {
        AdviceWith.adviceWith(context, "fl-lab-raw-data", route -> route.weaveById("drop-folder-claim")
                .replace()
                .process(exchange -> {
                    throw new IOException("the disk is full");
                }));
        context.start();
        claim();

        assertThat(journal.find(ID)).isEmpty();
        assertThat(lab.files("drop")).containsExactly("raw-data/" + NAME);
        assertThat(lab.files("failed")).isEmpty();
    }

    @Test
    void aFileThatCannotBeRecordedStaysClaimedAndIsRecordedLater() throws Exception {
        AtomicBoolean isFull = new AtomicBoolean(true);
        AdviceWith.adviceWith(context, "fl-lab-raw-data", route -> route.weaveById("drop-folder-record")
                .before()
                .process(exchange -> {
                    if (isFull.getAndSet(false)) {
                        throw new IOException("the disk is full");
                    }
                }));
        NotifyBuilder twice = new NotifyBuilder(context)
                .fromRoute("fl-lab-raw-data")
                .whenDone(2)
                .create();
        context.start();
        lab.drop(NAME, CONTENT);
        await(twice);

        assertThat(lab.files("work")).containsExactly(ID.value());
        assertThat(lab.files("drop")).isEmpty();
        assertThat(lab.files("failed")).isEmpty();
    }

    @Test
    void aFileThatIsWrittenToWhileItIsClaimedGoesBack() throws Exception {
        AtomicBoolean isWritten = new AtomicBoolean();
        AdviceWith.adviceWith(context, "fl-lab-raw-data", route -> route.weaveById("drop-folder-claim")
                .before()
                .process(exchange -> {
                    if (!isWritten.getAndSet(true)) {
                        Files.write(lab.drop().resolve(NAME), CONTENT, StandardOpenOption.APPEND);
                    }
                }));
        NotifyBuilder twice = new NotifyBuilder(context)
                .fromRoute("fl-lab-raw-data")
                .whenDone(2)
                .create();
        context.start();
        lab.drop(NAME, CONTENT);
        await(twice);

        assertThat(lab.home().work().resolve(ID.value())).hasContent("sample,result\nsample,result\n");
        assertThat(lab.files("failed")).isEmpty();
    }

    @Test
    void aClaimedFileIsSealedSignedPublishedAndKept() throws Exception {
        context.start();
        claim();
        pinKeys();
        NotifyBuilder signed = new NotifyBuilder(context)
                .fromRoute("hq-publish")
                .wereSentTo("direct:sign")
                .whenCompleted(1)
                .create();
        publish();

        await(signed);
        assertThat(sent).hasSize(1);
        assertThat(lab.sent()).containsExactly(NAME);
        assertThat(journal.find(ID).orElseThrow().state()).isEqualTo(State.SENT);
    }

    @Test
    void aSignedMessageIsNeitherSealedNorSignedAgain() throws Exception {
        context.start();
        claim();
        pinKeys();
        answer = CompletableFuture.failedFuture(new IOException("the connection broke"));
        publish();
        byte[] first = sent.get(0).body();
        answer = CompletableFuture.completedFuture(
                StompFrame.of(StompCommand.RECEIPT).build());
        publish();

        assertThat(sent).hasSize(2);
        assertThat(sent.get(1).body()).isEqualTo(first);
        assertThat(lab.sent()).containsExactly(NAME);
    }

    @Test
    void whatHeadquartersRefusesGoesAmongTheFailed() throws Exception {
        context.start();
        claim();
        pinKeys();
        answer = CompletableFuture.failedFuture(new Refusal(Refusal.Code.UNKNOWN_DESTINATION, "no such routing key"));
        publish();

        assertThat(lab.files("failed")).containsExactly(NAME, NAME + ".reason.json");
        assertThat(journal.find(ID).orElseThrow().state()).isEqualTo(State.FAILED);
    }

    @Test
    void aFileThatIsWrittenToAfterItsClaimGoesBackUnsent() throws Exception {
        context.start();
        claim();
        pinKeys();
        context.getRouteController().stopRoute("fl-lab-raw-data");
        Files.write(lab.home().work().resolve(ID.value()), CONTENT, StandardOpenOption.APPEND);
        publish();

        assertThat(sent).isEmpty();
        assertThat(journal.find(ID)).isEmpty();
        assertThat(lab.files("work")).isEmpty();
        assertThat(lab.drop().resolve(NAME)).hasContent("sample,result\nsample,result\n");
    }

    @Test
    void aFileThatIsWrittenToWhileItIsSealedGoesBackUnsent() throws Exception {
        AdviceWith.adviceWith(context, "hq-publish", route -> route.weaveById("hq-publish-seal")
                .before()
                .process(exchange ->
                        Files.write(lab.home().work().resolve(ID.value()), CONTENT, StandardOpenOption.APPEND)));
        context.start();
        claim();
        pinKeys();
        context.getRouteController().stopRoute("fl-lab-raw-data");
        publish();

        assertThat(sent).isEmpty();
        assertThat(journal.find(ID)).isEmpty();
        assertThat(lab.files("drop")).containsExactly("raw-data/" + NAME);
        assertThat(lab.files("work")).isEmpty();
    }

    @Test
    void aFileThatIsWrittenToAfterItsSealIsNotKeptAsSent() throws Exception {
        AdviceWith.adviceWith(context, "hq-publish", route -> route.weaveById("hq-publish-parts")
                .after()
                .process(exchange ->
                        Files.write(lab.home().work().resolve(ID.value()), CONTENT, StandardOpenOption.APPEND)));
        context.start();
        claim();
        pinKeys();
        publish();

        assertThat(lab.sent()).isEmpty();
        assertThat(journal.find(ID).orElseThrow().state()).isEqualTo(State.SENT);
        assertThat(lab.home().resolve("failed/" + NAME + ".reason.json"))
                .content()
                .contains("bad-file", "What was sent", "_r2");
    }

    @Test
    void aFileThatIsTakenOutOfWorkByHandEndsAmongTheFailed() throws Exception {
        context.start();
        claim();
        pinKeys();
        Files.delete(lab.home().work().resolve(ID.value()));
        publish();

        assertThat(journal.find(ID).orElseThrow().state()).isEqualTo(State.FAILED);
        assertThat(lab.files("failed")).containsExactly(NAME + ".reason.json");
    }

    @Test
    void withoutARecipientsKeyItWaitsUnsealed() throws Exception {
        context.start();
        claim();
        publish();

        assertThat(sent).isEmpty();
        assertThat(lab.files("work")).containsExactly(ID.value());
        assertThat(lab.files("failed")).isEmpty();
    }
}
