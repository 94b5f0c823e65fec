package io.saddlebag.hq;

import static io.saddlebag.site.Setting.optional;
import static io.saddlebag.site.Setting.required;

import io.saddlebag.observe.ObserveSettings;
import io.saddlebag.site.FolderSyncs;
import io.saddlebag.site.OwnIdentity;
import io.saddlebag.site.PostQuantumTls;
import io.saddlebag.site.Setting;
import io.saddlebag.site.Setting.Kind;
import java.util.List;

/** The settings that headquarters understands. */
public final class HqSettings {
    public static final String SITE_ID = OwnIdentity.SITE_ID;
    public static final String HOST = "hq.host";
    public static final String PORT = "hq.port";
    public static final String TOPOLOGY = "hq.topology";
    public static final String TOPOLOGY_CHECK = "hq.topology-check";
    public static final String CHANGES_CHECK = "hq.changes-check";
    public static final String SPOOL = "hq.spool";
    public static final String MIN_FREE_SPACE = "hq.min-free-space";
    public static final String FREE_SPACE_CHECK = "hq.free-space-check";
    public static final String DATABASE_URL = "hq.database.url";
    public static final String DATABASE_USER = "hq.database.user";
    public static final String DATABASE_PASSWORD_FILE = "hq.database.password-file";
    public static final String DATABASE_PORT = "hq.database.port";
    public static final String DATABASE_FOLDER = "hq.database.folder";
    public static final String VERIFY_MANIFESTS = "hq.verify-manifests";
    public static final String HOUSEKEEPING = "hq.housekeeping";
    public static final String HEART_BEAT = "hq.heart-beat";
    public static final String MAX_FRAME = "hq.max-frame";
    public static final String MAX_HEADER = "hq.max-header";
    public static final String MAX_HEADERS = "hq.max-headers";
    public static final String MAX_CONNECTIONS = "hq.max-connections";
    public static final String MAX_CONNECTIONS_PER_SITE = "hq.max-connections-per-site";
    public static final String UNAUTHENTICATED = "hq.unauthenticated";
    public static final String IN_FLIGHT_BYTES = "hq.in-flight-bytes";
    public static final String IN_FLIGHT_TOTAL = "hq.in-flight-total";
    public static final String IN_FLIGHT_FRAMES = "hq.in-flight-frames";
    public static final String MAX_SUBSCRIPTIONS = "hq.max-subscriptions";
    public static final String MAX_UPLOADS = "hq.max-uploads";
    public static final String UPLOAD_SHARE = "hq.upload-share";
    public static final String UPLOAD_ROOM = "hq.upload-room";
    public static final String UPLOAD_AGE = "hq.upload-age";
    public static final String INDEX_CAPACITY = "hq.index-capacity";
    public static final String PROOF_LOG_INTERVAL = "hq.proof-log-interval";
    public static final String COMMIT_QUEUE = "hq.commit-queue";
    public static final String NODE = "hq.node";
    public static final String NODE_ADDRESS = "hq.node.address";

    /** All of them. */
    public static final List<Setting> ALL = ObserveSettings.and(List.of(
            required(SITE_ID, Kind.SITE_ID, "This headquarters' own id, as in its certificates."),
            OwnIdentity.PASSPHRASE_FILE,
            OwnIdentity.LIST_REQUIRED,
            OwnIdentity.LIST_ALARM,
            OwnIdentity.LIST_STALE_AFTER,
            FolderSyncs.SETTING,
            PostQuantumTls.SETTING,
            optional(HOST, Kind.HOST, "0.0.0.0", "The address to listen on."),
            optional(PORT, Kind.PORT, "0", "The port to listen on; 0 for any free one."),
            optional(TOPOLOGY, Kind.PATH, "topology.yaml", "Exchanges, queues, bindings, sites."),
            optional(TOPOLOGY_CHECK, Kind.DURATION, "2s", "Interval between checks of the topology's file for changes.")
                    .atLeast("1ms"),
            optional(
                            CHANGES_CHECK,
                            Kind.DURATION,
                            "2s",
                            "Interval between checks for dead letters that operators requeued or discarded.")
                    .atLeast("1ms"),
            optional(SPOOL, Kind.PATH, "spool", "The folder of the sealed messages."),
            optional(
                    MIN_FREE_SPACE,
                    Kind.BYTES,
                    "512MiB",
                    "Free bytes below which no message is taken in, on the disks of the spool and of the embedded"
                            + " PostgreSQL; 0 for none."),
            optional(FREE_SPACE_CHECK, Kind.DURATION, "1s", "Interval between checks of the free bytes.")
                    .atLeast("1ms"),
            optional(DATABASE_URL, Kind.TEXT, "", "A jdbc:postgresql:// URL; empty for the embedded PostgreSQL."),
            optional(DATABASE_USER, Kind.TEXT, "saddlebag", "The user at the database of hq.database.url."),
            optional(
                    DATABASE_PASSWORD_FILE,
                    Kind.PATH,
                    "database.password",
                    "A file, mode 0600, with that user's password."),
            optional(
                    DATABASE_PORT,
                    Kind.PORT,
                    "0",
                    "The embedded PostgreSQL's port; 0 for any free one, kept from then on."),
            optional(DATABASE_FOLDER, Kind.PATH, "postgres", "The folder of the embedded PostgreSQL."),
            optional(
                    VERIFY_MANIFESTS,
                    Kind.SWITCH,
                    "true",
                    "Verifies each manifest's signature; receivers verify it in any case."),
            optional(
                            HOUSEKEEPING,
                            Kind.DURATION,
                            "60s",
                            "Interval of ending expired deliveries, comparing queues with the store, and logging"
                                    + " traffic.")
                    .atLeast("1ms"),
            optional(HEART_BEAT, Kind.DURATION, "10s", "Heart-beat interval in both directions; 0s disables it."),
            optional(MAX_FRAME, Kind.BYTES, "1280KiB", "The largest frame; room for a part of 1MiB and its manifest.")
                    .atLeast("64KiB")
                    .atMost("1GiB"),
            optional(MAX_HEADER, Kind.BYTES, "32KiB", "The largest header of a frame, all its lines together.")
                    .atLeast("1KiB")
                    .atMost("1MiB"),
            optional(MAX_HEADERS, Kind.COUNT, "64", "The most header lines of a frame.")
                    .atLeast("1"),
            optional(
                            MAX_CONNECTIONS,
                            Kind.COUNT,
                            "1000",
                            "The most connections of all sites together; the same number again, counted apart, may not"
                                    + " have shown a certificate yet.")
                    .atLeast("1"),
            optional(MAX_CONNECTIONS_PER_SITE, Kind.COUNT, "16", "The most connections of one site.")
                    .atLeast("1"),
            optional(UNAUTHENTICATED, Kind.DURATION, "10s", "How long a connection may take to its CONNECT frame.")
                    .atLeast("1ms"),
            optional(
                            IN_FLIGHT_BYTES,
                            Kind.BYTES,
                            "8MiB",
                            "Bytes of unanswered frames above which a connection is not read.")
                    .atLeast("1"),
            optional(
                            IN_FLIGHT_TOTAL,
                            Kind.BYTES,
                            "128MiB",
                            "Bytes of unanswered frames of all sites above which a site is read only below its share,"
                                    + " this many divided by the connected sites.")
                    .atLeast("1"),
            optional(IN_FLIGHT_FRAMES, Kind.COUNT, "1024", "Unanswered frames above which a connection is not read.")
                    .atLeast("1"),
            optional(MAX_SUBSCRIPTIONS, Kind.COUNT, "64", "The most subscriptions of a connection.")
                    .atLeast("1"),
            optional(
                            MAX_UPLOADS,
                            Kind.COUNT,
                            "16",
                            "The most messages in several parts that a connection may have open.")
                    .atLeast("1"),
            optional(
                            UPLOAD_SHARE,
                            Kind.COUNT,
                            "50",
                            "The most of the free room that the unfinished uploads of one site may take, in percent.")
                    .atLeast("1")
                    .atMost("100"),
            optional(
                            UPLOAD_ROOM,
                            Kind.BYTES,
                            "256GiB",
                            "With hq.node: the bytes that the unfinished uploads at all nodes may take in the database.")
                    .atLeast("1MiB"),
            optional(UPLOAD_AGE, Kind.DURATION, "6h", "How long the parts of a message are kept without another one."),
            optional(
                            INDEX_CAPACITY,
                            Kind.COUNT,
                            "10000",
                            "Waiting deliveries held in memory per queue and priority; the rest stays in the store.")
                    .atLeast("2"),
            optional(
                            PROOF_LOG_INTERVAL,
                            Kind.DURATION,
                            "10s",
                            "Interval at which the proof log takes up what was committed, and its head is signed.")
                    .atLeast("1ms"),
            optional(COMMIT_QUEUE, Kind.COUNT, "4096", "Publications and settlements that may wait for a commit.")
                    .atLeast("1"),
            optional(
                    NODE,
                    Kind.TEXT,
                    "",
                    "The name of this node, such as n1, where several headquarters share the database of"
                            + " hq.database.url; empty for a single headquarters."),
            optional(
                    NODE_ADDRESS,
                    Kind.TEXT,
                    "",
                    "host:port under which sites reach this node; empty for hq.host and hq.port.")));

    private HqSettings() {}
}
