package io.saddlebag.rc;

import io.saddlebag.dsse.SignatureSteps;
import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.Presence;
import io.saddlebag.files.tree.FolderUnpacker;
import io.saddlebag.identity.Fingerprints;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.Json;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.rc.deliver.AcknowledgeDelivery;
import io.saddlebag.rc.deliver.AnnouncePublication;
import io.saddlebag.rc.deliver.CheckDigest;
import io.saddlebag.rc.deliver.CheckRecipient;
import io.saddlebag.rc.deliver.ClearOutboxes;
import io.saddlebag.rc.deliver.ComposeReceipt;
import io.saddlebag.rc.deliver.ComposeStandardizedMessage;
import io.saddlebag.rc.deliver.FindEarlier;
import io.saddlebag.rc.deliver.GroupRounds;
import io.saddlebag.rc.deliver.IsFinalRefusal;
import io.saddlebag.rc.deliver.JournalDelivery;
import io.saddlebag.rc.deliver.OpenAhead;
import io.saddlebag.rc.deliver.OpenLater;
import io.saddlebag.rc.deliver.OpenSeal;
import io.saddlebag.rc.deliver.PlaceFolder;
import io.saddlebag.rc.deliver.PlacePayload;
import io.saddlebag.rc.deliver.PlaceStandardizedMessage;
import io.saddlebag.rc.deliver.Postpone;
import io.saddlebag.rc.deliver.ReadManifest;
import io.saddlebag.rc.deliver.RefuseDelivery;
import io.saddlebag.rc.deliver.ReturnDelivery;
import io.saddlebag.rc.deliver.SealOpener;
import io.saddlebag.rc.deliver.Settling;
import io.saddlebag.rc.deliver.StageStandardizedMessage;
import io.saddlebag.rc.intake.Arrival;
import io.saddlebag.rc.intake.AssembleParts;
import io.saddlebag.rc.intake.DiskRoom;
import io.saddlebag.rc.intake.Intake;
import io.saddlebag.rc.intake.Lanes;
import io.saddlebag.rc.intake.QueueComponent;
import io.saddlebag.rc.intake.ResumePoints;
import io.saddlebag.rc.intake.Subscriptions;
import io.saddlebag.rc.intake.SuspendDeliveries;
import io.saddlebag.rc.keys.AdoptKeyBundle;
import io.saddlebag.rc.keys.FindKeyBundle;
import io.saddlebag.rc.keys.KeepKeyBundle;
import io.saddlebag.rc.keys.KeyFrames;
import io.saddlebag.rc.keys.ReceivingKeys;
import io.saddlebag.rc.keys.RegisterKeyBundle;
import io.saddlebag.rc.keys.RegisterOnConnect;
import io.saddlebag.rc.keys.TakeKeyFrame;
import io.saddlebag.rc.records.RcJournal;
import io.saddlebag.rc.records.ReportMissing;
import io.saddlebag.rc.work.WorkFolder;
import io.saddlebag.seal.AgeIdentity;
import io.saddlebag.seal.CryptoProviders;
import io.saddlebag.seal.MessageOpener;
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
import io.saddlebag.stomp.client.LinkOptions;
import io.saddlebag.stomp.client.StompClient;
import io.saddlebag.stores.HomeStores;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A research centre: registers its keys, takes its queues, fills its outbox. Started once, closed once, by one thread. */
public final class RcApplication implements SiteApplication {
    private static final Logger LOG = LoggerFactory.getLogger(RcApplication.class);
    /** The folders below {@code routes/} whose files make up a centre. */
    public static final List<String> ROUTE_FOLDERS = List.of("common", "site", "templates", "rc");

    private final SiteHome home;
    private final Map<String, String> overrides;
    private final Set<String> adopted;
    private final SiteClocks clocks;
    private final Clock clock;
    private Settings settings;
    private SavedRunningTime runningTime;
    private SiteIdentity identity;
    private StompClient link;
    private RcJournal journal;
    private Lanes lanes;
    private OpenAhead openAhead;
    private final GroupRounds rounds = new GroupRounds();
    private SiteRuntime runtime;

    /** @param overrides settings that count before those of the home's file */
    public RcApplication(SiteHome home, Map<String, String> overrides) {
        this(home, overrides, Set.of(), SiteClocks.ofSystem());
    }

    /**
     * As {@link #RcApplication(SiteHome, Map)}, by given clocks.
     *
     * @param adopted names of stores that are this home's from now on
     */
    public RcApplication(SiteHome home, Map<String, String> overrides, Set<String> adopted, SiteClocks clocks) {
        this.adopted = Set.copyOf(adopted);
        this.clocks = clocks;
        this.clock = clocks.wall();
        this.home = home;
        this.overrides = Map.copyOf(overrides);
    }

    @Override
    public void start() throws SiteStartException {
        try {
            begin();
        } catch (IOException e) {
            close();
            throw new SiteStartException(e.getMessage(), e);
        } catch (SiteStartException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private void begin() throws SiteStartException, IOException {
        HomeTrust trust = HomeTrust.require(home);
        settings = Settings.load(home, RcSettings.ALL, overrides);
        FolderSyncs.require(settings, List.of(home.folder(), home.work(), home.journal()));
        trust.requireFile(settings.path(OwnIdentity.PASSPHRASE_FILE.name()));
        runningTime = SavedRunningTime.open(home, clocks);
        identity = OwnIdentity.load(settings, runningTime.time());
        List<AgeIdentity> ageKeys = AgeIdentity.load(home.identity().resolve("age.key"));
        Set<Path> outboxes = RcRoutes.check(settings, ROUTE_FOLDERS);
        trust.requireShared(outboxes);
        String names = System.getProperty("sun.jnu.encoding");
        if (!"UTF-8".equalsIgnoreCase(names)) {
            LOG.warn(
                    "expected a locale whose file names are UTF-8, found {}: folders with other names in them are refused."
                            + " Start with LC_ALL=C.UTF-8, as ./saddlebag does",
                    names);
        }
        RcStores stores = RcStores.admit(home, HomeStores.open(home, adopted), outboxes);
        FolderSyncs.require(settings, outboxes);
        AtomicFiles.removeUnfinished(home.journal());
        journal = RcJournal.open(stores.journalFile());
        WorkFolder work = WorkFolder.open(
                home.work(), stores.work(), settings.duration(RcSettings.PARTS_AGE), runningTime.time());
        lanes = new Lanes(settings.count(RcSettings.WORKERS));
        link = new StompClient(
                identity,
                LinkOptions.to(
                                settings.siteId(RcSettings.HQ_ID),
                                settings.host(RcSettings.HQ_HOST),
                                settings.port(RcSettings.HQ_PORT))
                        .withLongestDelay(settings.duration(RcSettings.RECONNECT_MAX))
                        .withHeartBeat(settings.duration(RcSettings.HEART_BEAT)),
                clocks.wall());
        runtime = new SiteRuntime(home, settings, ROUTE_FOLDERS);
        runtime.bind(SignatureSteps.beans(identity));
        runtime.bind(link.beans());
        DiskRoom room = new DiskRoom(
                work.folder(),
                home.journal(),
                Presence.all(stores.work(), stores.journal()),
                settings.bytes(RcSettings.MAX_BYTES));
        bindOpening(work, room, ageKeys, bindReceiving(stores, work, room));
        bindKeys(ageKeys);
        bindRounds(stores.journal());
        bindSettling();
        runtime.start();
        LOG.info("site={} works in {}", identity.site(), home.folder());
    }

    private Subscriptions bindReceiving(RcStores stores, WorkFolder work, DiskRoom room) {
        Subscriptions subscriptions = new Subscriptions(
                link,
                lanes,
                new Intake(settings.bytes(RcSettings.WINDOW_BYTES)),
                new ResumePoints(work, journal),
                settings.duration(RcSettings.SUBSCRIBE_RETRY),
                settings.duration(RcSettings.RETRY));
        runtime.bind(QueueComponent.SCHEME, new QueueComponent(home, stores::outbox, subscriptions))
                .bind("clearOutboxes", new ClearOutboxes(subscriptions, journal, runningTime.time()))
                .bind("isKeyBundle", new KeyFrames())
                .bind("handToQueue", subscriptions)
                .bind("assembleParts", new AssembleParts(work, room, subscriptions))
                .bind("suspendDeliveries", new SuspendDeliveries(subscriptions, room, runningTime.time()));
        return subscriptions;
    }

    private void bindOpening(WorkFolder work, DiskRoom room, List<AgeIdentity> ageKeys, Subscriptions subscriptions)
            throws SiteStartException {
        SealOpener opener = new SealOpener(
                new MessageOpener(CryptoProviders.choose()), ageKeys, settings.bytes(RcSettings.INLINE_LIMIT));
        openAhead = new OpenAhead(opener, work, subscriptions);
        Sha256 networkId = identity.trust().networkId();
        SiteId site = identity.site();
        runtime.bind("readManifest", new ReadManifest(networkId))
                .bind("checkRecipient", new CheckRecipient(site))
                .bind("findEarlier", new FindEarlier(journal, Fingerprints.of(identity.signingCertificate())))
                .bind("checkDigest", new CheckDigest())
                .bind("isBegun", Arrival.is(arrival -> arrival.isBegun))
                .bind("openAhead", openAhead)
                .bind("openLater", new OpenLater())
                .bind("openSeal", new OpenSeal(opener, work, clock))
                .bind("placePayload", new PlacePayload())
                .bind("placeFolder", new PlaceFolder(new FolderUnpacker(RcSettings.folderLimits(settings)), room))
                .bind("composeStandardizedMessage", new ComposeStandardizedMessage(site))
                .bind("standardizedJson", Json.mapperForRoutes())
                .bind("stageStandardizedMessage", new StageStandardizedMessage())
                .bind("isNew", Arrival.is(arrival -> !arrival.isEarlier))
                .bind("isFolder", Arrival.is(Arrival::isFolder));
    }

    private void bindKeys(List<AgeIdentity> ageKeys) {
        ReceivingKeys keys = new ReceivingKeys(
                identity.site(),
                identity.trust().networkId(),
                Fingerprints.of(identity.signingCertificate()),
                ageKeys,
                journal,
                settings.duration(RcSettings.KEY_LIFETIME),
                clock);
        runtime.bind("findKeyBundle", new FindKeyBundle(keys))
                .bind("keepKeyBundle", new KeepKeyBundle(journal))
                .bind("registerKeyBundle", new RegisterKeyBundle(link, identity.site()))
                .bind("takeKeyFrame", new TakeKeyFrame())
                .bind("adoptKeyBundle", new AdoptKeyBundle(keys, identity.site()));
        link.onConnected(new RegisterOnConnect(runtime::context));
    }

    /** What deliveries do together, in the order of the route. */
    private void bindRounds(Presence journalDisk) {
        AnnouncePublication announce = new AnnouncePublication(rounds, journal, journalDisk);
        PlaceStandardizedMessage place = new PlaceStandardizedMessage(rounds);
        JournalDelivery journalDelivery = new JournalDelivery(rounds, journal, identity.site());
        runtime.bind("announcePublication", announce)
                .bind("placeStandardizedMessage", place)
                .bind("journalDelivery", journalDelivery);
        rounds.start(announce, place, journalDelivery);
    }

    private void bindSettling() {
        Settling settling = new Settling(link);
        SiteId site = identity.site();
        runtime.bind("composeReceipt", new ComposeReceipt(site))
                .bind("isUnsigned", Arrival.is(arrival -> arrival.receipt == null))
                .bind("flushJournal", (Processor) exchange -> journal.flush())
                .bind("reportMissing", new ReportMissing(journal, settings.duration(RcSettings.MISSING_AFTER), clock))
                .bind("acknowledgeDelivery", new AcknowledgeDelivery(settling, journal, clock))
                .bind("isFinalRefusal", new IsFinalRefusal())
                .bind("refuseDelivery", new RefuseDelivery(journal, site, clock))
                .bind("deadLetterDelivery", new ReturnDelivery(settling, false))
                .bind("postponeDelivery", new Postpone(settings.duration(RcSettings.RETRY)))
                .bind("returnDelivery", new ReturnDelivery(settling, true));
    }

    @Override
    public Map<String, String> facts() {
        return Map.of("site", identity.site().value(), "connected", Boolean.toString(link.isConnected()));
    }

    @Override
    public void close() {
        if (runtime != null) {
            runtime.close();
        }
        if (lanes != null) {
            lanes.close();
        }
        // After the deliveries that wait for what it opens.
        if (openAhead != null) {
            openAhead.close();
        }
        rounds.close();
        if (journal != null) {
            try {
                journal.close();
            } catch (IOException e) {
                LOG.warn("{}", e.getMessage());
            }
        }
        if (runningTime != null) {
            runningTime.close();
        }
    }
}
