package io.saddlebag.lab;

import io.saddlebag.files.SystemFiles;
import io.saddlebag.files.tree.FolderLimits;
import io.saddlebag.message.Printable;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.FolderSyncs;
import io.saddlebag.site.OwnIdentity;
import io.saddlebag.site.Setting;
import io.saddlebag.site.Setting.Kind;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteStartException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The settings of a laboratory, each with its meaning and default. */
public final class LabSettings {
    static final String SITE_ID = OwnIdentity.SITE_ID;
    static final String HQ_HOST = "hq.host";
    static final String HQ_PORT = "hq.port";
    static final String HQ_ID = "hq.id";
    static final String HQ_EXCHANGE = "hq.exchange";
    static final String RECIPIENT = "recipient";
    static final String SETTLE_TIME = "folder.settle-time";
    static final String POLL_INTERVAL = "folder.poll-interval";
    static final String IGNORE = "folder.ignore";
    static final String FOLDER_ENTRIES = "folder-message.max-entries";
    static final String FOLDER_DEPTH = "folder-message.max-depth";
    static final String FOLDER_BYTES = "folder-message.max-bytes";
    static final String WINDOW = "publish.window";
    static final String WINDOW_BYTES = "publish.window-bytes";
    static final String WORKERS = "publish.workers";
    static final String RETRY = "publish.retry-interval";
    static final String STOP_WAIT = "publish.stop-wait";
    static final String RECEIPTS_INTERVAL = "receipts.ask-interval";
    static final String SENT_LOOK = "sent.look-after";
    static final String RECONNECT_MAX = "hq.reconnect-max";
    static final String HEART_BEAT = "hq.heart-beat";

    /** All of them. */
    public static final List<Setting> ALL = List.of(
            Setting.required(SITE_ID, Kind.SITE_ID, "This laboratory's id, as its certificates name it."),
            Setting.required(HQ_HOST, Kind.HOST, "Where headquarters listens: a host name or address."),
            Setting.required(HQ_PORT, Kind.PORT, "Where headquarters listens: the TCP port.")
                    .atLeast("1"),
            Setting.optional(HQ_ID, Kind.SITE_ID, "DC-HQ", "The site that must answer there; any other is refused."),
            Setting.optional(HQ_EXCHANGE, Kind.TEXT, "labs", "The exchange that messages are published to."),
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
            Setting.required(
                    RECIPIENT + ".*",
                    Kind.TEXT,
                    "recipient.SITE=ROUTING_KEY, one line for each centre that a route may name."),
            Setting.optional(
                    SETTLE_TIME,
                    Kind.DURATION,
                    "2s",
                    "How long a dropped file's size and time must stand still before it is taken; a .ready marker"
                            + " beside it spares the wait."),
            Setting.optional(POLL_INTERVAL, Kind.DURATION, "500ms", "How often a drop folder is looked at.")
                    .atLeast("1ms"),
            Setting.optional(
                    IGNORE,
                    Kind.TEXT,
                    "",
                    "More names of files and folders that are no data and passed over, comma separated, such as *.bak."),
            Setting.optional(
                    FOLDER_ENTRIES,
                    Kind.COUNT,
                    Integer.toString(FolderLimits.USUAL.maxEntries()),
                    "How many files and folders a dropped folder may hold; more go to failed/."),
            Setting.optional(
                    FOLDER_DEPTH,
                    Kind.COUNT,
                    Integer.toString(FolderLimits.USUAL.maxDepth()),
                    "How deep folders may lie in a dropped folder."),
            Setting.optional(
                    FOLDER_BYTES,
                    Kind.BYTES,
                    (FolderLimits.USUAL.maxBytes() >> 30) + "GiB",
                    "How large the files of a dropped folder may be together."),
            Setting.optional(
                            WINDOW, Kind.COUNT, "128", "How many messages may be on their way to headquarters at once.")
                    .atLeast("1"),
            Setting.optional(
                            WINDOW_BYTES,
                            Kind.BYTES,
                            "16MiB",
                            "How much memory the messages on their way may take; a larger one travels alone, in parts.")
                    .atLeast("1"),
            Setting.optional(
                            WORKERS,
                            Kind.COUNT,
                            "2",
                            "How many files are sealed at once; of those above 16 MiB as many again.")
                    .atLeast("1"),
            Setting.optional(
                            RETRY,
                            Kind.DURATION,
                            "30s",
                            "When a file is tried again that met trouble on this site's own disk; also the longest pause after"
                                    + " headquarters pushed a message back.")
                    .atLeast("1ms"),
            Setting.optional(
                    STOP_WAIT,
                    Kind.DURATION,
                    "10s",
                    "How long a stop waits for headquarters' word on what is on its way; the rest is sent again at the"
                            + " next start."),
            Setting.optional(
                            RECEIPTS_INTERVAL,
                            Kind.DURATION,
                            "5m",
                            "How often headquarters is asked for delivery receipts that are lacking; it tells of new ones by"
                                    + " itself.")
                    .atLeast("1ms"),
            Setting.optional(
                    SENT_LOOK,
                    Kind.DURATION,
                    "1m",
                    "How long after headquarters' confirm a file in sent/ is looked at once more, for a program that"
                            + " still writes to it."),
            FolderSyncs.SETTING,
            OwnIdentity.PASSPHRASE_FILE);

    private LabSettings() {}

    /** @throws SiteStartException when nothing at all would be allowed */
    static FolderLimits folderLimits(Settings settings) throws SiteStartException {
        try {
            return new FolderLimits(
                    settings.count(FOLDER_ENTRIES), settings.count(FOLDER_DEPTH), settings.bytes(FOLDER_BYTES));
        } catch (IllegalArgumentException e) {
            throw new SiteStartException(settings.home().settingsFile() + ": folder-message.*: " + e.getMessage(), e);
        }
    }

    /** @throws SiteStartException when a pattern is none */
    static SystemFiles systemFiles(Settings settings) throws SiteStartException {
        String more = settings.text(IGNORE);
        try {
            return SystemFiles.with(
                    more.isBlank()
                            ? List.of()
                            : Arrays.stream(more.split(",", -1))
                                    .map(String::strip)
                                    .toList());
        } catch (IllegalArgumentException e) {
            throw new SiteStartException(
                    settings.home().settingsFile() + ": " + IGNORE + ": " + Printable.of(e.getMessage())
                            + ". Correct it",
                    e);
        }
    }

    /**
     * The routing key of each recipient.
     *
     * @throws SiteStartException when there is none, or a name is not a site id
     */
    static Map<SiteId, String> recipients(Settings settings) throws SiteStartException {
        Map<SiteId, String> recipients = new TreeMap<>();
        for (Map.Entry<String, String> entry : settings.family(RECIPIENT).entrySet()) {
            try {
                recipients.put(SiteId.of(entry.getKey()), entry.getValue());
            } catch (IllegalArgumentException e) {
                throw new SiteStartException(
                        settings.home().settingsFile() + ": recipient." + entry.getKey() + ": " + e.getMessage(), e);
            }
        }
        if (recipients.isEmpty()) {
            throw new SiteStartException(settings.home().settingsFile()
                    + ": expected at least one line such as recipient.CA-RC=ca_rc, found none. Add one for each"
                    + " centre that this laboratory sends to");
        }
        return recipients;
    }
}
