package io.saddlebag.rc;

import io.saddlebag.files.tree.FolderLimits;
import io.saddlebag.site.FolderSyncs;
import io.saddlebag.site.OwnIdentity;
import io.saddlebag.site.Setting;
import io.saddlebag.site.Setting.Kind;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteStartException;
import java.util.List;

/** The settings of a research centre, each with its meaning and default. */
public final class RcSettings {
    static final String SITE_ID = OwnIdentity.SITE_ID;
    static final String HQ_HOST = "hq.host";
    static final String HQ_PORT = "hq.port";
    static final String HQ_ID = "hq.id";
    static final String RECONNECT_MAX = "hq.reconnect-max";
    static final String HEART_BEAT = "hq.heart-beat";
    static final String WORKERS = "receive.workers";
    static final String WINDOW_BYTES = "receive.window-bytes";
    static final String MAX_BYTES = "receive.max-bytes";
    static final String RETRY = "receive.retry-interval";
    static final String PARTS_AGE = "receive.parts-age";
    static final String SUBSCRIBE_RETRY = "receive.subscribe-retry";
    static final String MISSING_AFTER = "receive.missing-after";
    static final String INLINE_LIMIT = "outbox.inline-limit";
    static final String RETENTION_INTERVAL = "outbox.retention-interval";
    static final String FOLDER_ENTRIES = "folder-message.max-entries";
    static final String FOLDER_DEPTH = "folder-message.max-depth";
    static final String FOLDER_BYTES = "folder-message.max-bytes";
    static final String KEY_LIFETIME = "keys.lifetime";

    /** All of them. */
    public static final List<Setting> ALL = List.of(
            Setting.required(SITE_ID, Kind.SITE_ID, "This centre's id, as its certificates name it."),
            Setting.required(HQ_HOST, Kind.HOST, "Where headquarters listens: a host name or address."),
            Setting.required(HQ_PORT, Kind.PORT, "Where headquarters listens: the TCP port.")
                    .atLeast("1"),
            Setting.optional(HQ_ID, Kind.SITE_ID, "DC-HQ", "The site that must answer there; any other is refused."),
            Setting.optional(
                            RECONNECT_MAX,
                            Kind.DURATION,
                            "5s",
                            "The longest pause between two attempts to reach headquarters; the first is a quarter of a second.")
                    .atLeast("1ms"),
            Setting.optional(
                    HEART_BEAT,
                    Kind.DURATION,
                    "10s",
                    "How often each end of the connection is to be heard, unless headquarters says more seldom; after"
                            + " twice that it is given up. 0s for never."),
            Setting.optional(
                            WORKERS,
                            Kind.COUNT,
                            "16",
                            "How many messages are opened and written at once; their syncs go together.")
                    .atLeast("1"),
            Setting.optional(
                            WINDOW_BYTES,
                            Kind.BYTES,
                            "16MiB",
                            "How much of what arrives may wait in memory before headquarters is held back.")
                    .atLeast("1"),
            Setting.optional(
                    MAX_BYTES,
                    Kind.BYTES,
                    "0",
                    "How large a sealed message may be; a larger one is refused. 0 for as large as the disks can hold."),
            Setting.optional(
                            RETRY,
                            Kind.DURATION,
                            "5s",
                            "How long a delivery is kept back before it is returned after trouble of this site's own, and how often a"
                                    + " full disk is looked at.")
                    .atLeast("1ms"),
            Setting.optional(
                    PARTS_AGE,
                    Kind.DURATION,
                    "7d",
                    "For how long the parts of a delivery are kept that broke off and does not go on."),
            Setting.optional(
                            SUBSCRIBE_RETRY,
                            Kind.DURATION,
                            "30s",
                            "When a queue is asked for again that headquarters refused.")
                    .atLeast("1ms"),
            Setting.optional(
                    MISSING_AFTER,
                    Kind.DURATION,
                    "15m",
                    "How long a message may be overtaken by later ones of its sender before it is reported missing."),
            Setting.optional(
                    INLINE_LIMIT,
                    Kind.BYTES,
                    "64KiB",
                    "Up to which size a content stands in the standardized file itself; a larger one is named there."),
            Setting.optional(
                            RETENTION_INTERVAL,
                            Kind.DURATION,
                            "1m",
                            "How often the outboxes are looked through for what their routes no longer keep.")
                    .atLeast("1ms"),
            Setting.optional(
                    FOLDER_ENTRIES,
                    Kind.COUNT,
                    Integer.toString(FolderLimits.USUAL.maxEntries()),
                    "How many files and folders a folder that arrives may hold; one with more is refused."),
            Setting.optional(
                    FOLDER_DEPTH,
                    Kind.COUNT,
                    Integer.toString(FolderLimits.USUAL.maxDepth()),
                    "How deep folders may lie in a folder that arrives."),
            Setting.optional(
                    FOLDER_BYTES,
                    Kind.BYTES,
                    (FolderLimits.USUAL.maxBytes() >> 30) + "GiB",
                    "How large the files of a folder that arrives may be together."),
            Setting.optional(
                    KEY_LIFETIME, Kind.DURATION, "730d", "For how long senders may seal for a newly published key."),
            FolderSyncs.SETTING,
            OwnIdentity.PASSPHRASE_FILE);

    private RcSettings() {}

    /** @throws SiteStartException when nothing at all would be allowed */
    static FolderLimits folderLimits(Settings settings) throws SiteStartException {
        try {
            return new FolderLimits(
                    settings.count(FOLDER_ENTRIES), settings.count(FOLDER_DEPTH), settings.bytes(FOLDER_BYTES));
        } catch (IllegalArgumentException e) {
            throw new SiteStartException(settings.home().settingsFile() + ": folder-message.*: " + e.getMessage(), e);
        }
    }
}
