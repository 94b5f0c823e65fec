package io.saddlebag.lab;

import io.saddlebag.files.SystemFiles;
import io.saddlebag.journal.MissingSeqs.Gap;
import io.saddlebag.lab.keys.PostQuantum;
import io.saddlebag.message.Printable;
import io.saddlebag.message.SiteId;
import io.saddlebag.observe.ObserveSettings;
import io.saddlebag.site.LinkedSiteSettings;
import io.saddlebag.site.Setting;
import io.saddlebag.site.Setting.Kind;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The settings of a laboratory, each with its meaning and default. */
public final class LabSettings {
    static final String HQ_EXCHANGE = "hq.exchange";
    static final String RECIPIENT = "recipient.*";
    static final String POST_QUANTUM = "recipient.*.post-quantum";
    /** For a command too, which compares it with the folders. */
    public static final String SETTLE_TIME = "folder.settle-time";

    static final String POLL_INTERVAL = "folder.poll-interval";
    static final String IGNORE = "folder.ignore";
    static final String WINDOW = "publish.window";
    static final String WINDOW_BYTES = "publish.window-bytes";
    static final String WORKERS = "publish.workers";
    static final String RETRY = "publish.retry-interval";
    static final String STOP_WAIT = "publish.stop-wait";
    static final String RECEIPTS_INTERVAL = "receipts.ask-interval";
    static final String PROOF_WITHIN = "receipts.proof-within";
    private static final String USUAL_PROOF_WITHIN = "24h";
    static final String OVERTAKEN_AFTER = "receipts.overtaken-after";
    private static final String USUAL_OVERTAKEN_AFTER = "1h";
    static final String ACCEPT_MISSING = "receipts.accept-missing";
    static final String RECEIPTS = "recipient.*.receipts";
    private static final String NO_RECEIPTS = "none";
    static final String SENT_LOOK = "sent.look-after";
    /** For a command too, which deletes by the same age. */
    public static final String SENT_DELETE = "sent.delete-after";

    private static final String NEVER = "never";
    static final String FRESHNESS = "keys.freshness";

    /** All of them. */
    public static final List<Setting> ALL = ObserveSettings.and(LinkedSiteSettings.and(
            Setting.optional(HQ_EXCHANGE, Kind.TEXT, "labs", "The exchange that messages are published to."),
            Setting.required(
                    RECIPIENT,
                    Kind.TEXT,
                    "recipient.SITE=ROUTING_KEY, one line for each centre that a route may name."),
            Setting.optional(
                    RECEIPTS,
                    Kind.TEXT,
                    "",
                    "none for a receiver that cannot sign receipts: headquarters' word on it is then final."),
            Setting.optional(
                    POST_QUANTUM,
                    Kind.TEXT,
                    "preferred",
                    "off, preferred or required: whether messages for that centre are sealed for its post-quantum key."),
            Setting.optional(
                    SETTLE_TIME,
                    Kind.DURATION,
                    "2s",
                    "How long a dropped file's size and time must stay the same before it is taken; its .ready marker"
                            + " spares the wait."),
            Setting.optional(POLL_INTERVAL, Kind.DURATION, "500ms", "How often a drop folder is looked at.")
                    .atLeast("1ms"),
            Setting.optional(
                    IGNORE,
                    Kind.TEXT,
                    "",
                    "More names of files and folders that are no data and passed over, comma separated, such as"
                            + " *.bak."),
            Setting.optional(
                            WINDOW, Kind.COUNT, "256", "How many messages may be on their way to headquarters at once.")
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
                            "When a file is tried again that met trouble on this site's own disk; also the longest"
                                    + " pause after headquarters pushed a message back.")
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
                            "How often headquarters is asked for delivery receipts that are lacking; it tells of new"
                                    + " ones by itself.")
                    .atLeast("1ms"),
            Setting.optional(
                    PROOF_WITHIN,
                    Kind.DURATION,
                    USUAL_PROOF_WITHIN,
                    "How long after headquarters' word that a recipient has a message its signed receipt may be"
                            + " lacking; then a WARN says so and an audit finds fault."),
            Setting.optional(
                    OVERTAKEN_AFTER,
                    Kind.DURATION,
                    USUAL_OVERTAKEN_AFTER,
                    "How long a message may wait after its recipient has had later ones, by signed receipts; then a WARN says"
                            + " so and an audit finds fault."),
            Setting.optional(
                    ACCEPT_MISSING,
                    Kind.TEXT,
                    "",
                    "For one start: places in recipients' sequences that are to be reported no longer, such as"
                            + " CA-RC:7,CA-RC:9-12."),
            Setting.optional(
                    SENT_LOOK,
                    Kind.DURATION,
                    "1m",
                    "How long after headquarters' confirm a file in sent/ is looked at once more, for a program that"
                            + " still writes to it."),
            Setting.optional(
                    SENT_DELETE,
                    Kind.TEXT,
                    NEVER,
                    "How long after headquarters' confirm a file in sent/ is deleted, once every recipient's receipt is"
                            + " kept, such as 90d; never: it stays."),
            Setting.optional(
                    FRESHNESS,
                    Kind.TEXT,
                    "advised",
                    "advised or required: when a recipient's key bundle is older than 7 days, a warning, or messages for it"
                            + " wait until a newer one comes.")));

    private LabSettings() {}

    /**
     * The time of a retention; null for never.
     *
     * @throws IllegalArgumentException when it is neither a time nor never
     */
    public static Duration retention(String value) {
        return value.equals(NEVER) ? null : Settings.durationOf(value);
    }

    /** @throws SiteStartException when the setting is neither of the two */
    static boolean freshnessIsRequired(Settings settings) throws SiteStartException {
        String value = settings.text(FRESHNESS);
        if (!value.equals("advised") && !value.equals("required")) {
            throw new SiteStartException(settings.home().settingsFile() + ": " + FRESHNESS
                    + ": expected advised or required, found '" + Printable.of(value) + "'. Correct it");
        }
        return value.equals("required");
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
                    settings.home().settingsFile() + ": " + IGNORE + ": " + Printable.reason(e.getMessage())
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

    /**
     * The policy of each recipient.
     *
     * @throws SiteStartException for a policy that is none, or of a site that is no recipient
     */
    static Map<SiteId, PostQuantum> postQuantum(Settings settings, Set<SiteId> recipients) throws SiteStartException {
        Map<SiteId, PostQuantum> policies = new TreeMap<>();
        recipients.forEach(recipient -> policies.put(recipient, PostQuantum.PREFERRED));
        for (Map.Entry<String, String> entry : settings.family(POST_QUANTUM).entrySet()) {
            try {
                SiteId recipient = SiteId.of(entry.getKey());
                if (policies.replace(recipient, PostQuantum.of(entry.getValue())) == null) {
                    throw new IllegalArgumentException("Expected one of " + recipients + ", found " + recipient);
                }
            } catch (IllegalArgumentException e) {
                throw new SiteStartException(
                        settings.home().settingsFile() + ": recipient." + entry.getKey() + ".post-quantum: "
                                + e.getMessage() + ". Correct the line",
                        e);
            }
        }
        return policies;
    }

    /**
     * How long a receipt may be lacking, of a laboratory whose other settings may have faults.
     *
     * @throws IOException when the settings cannot be read, or this one is no time
     */
    public static Duration proofWithin(SiteHome home) throws IOException {
        return Settings.duration(home, PROOF_WITHIN, USUAL_PROOF_WITHIN);
    }

    /** As {@link #proofWithin}: how long a message may wait after its recipient has had later ones. */
    public static Duration overtakenAfter(SiteHome home) throws IOException {
        return Settings.duration(home, OVERTAKEN_AFTER, USUAL_OVERTAKEN_AFTER);
    }

    /** @throws SiteStartException when it does not name missing messages */
    static List<Gap> acceptMissing(Settings settings) throws SiteStartException {
        return settings.read(ACCEPT_MISSING, Gap::listOf);
    }

    /**
     * The recipients that sign no receipts, for whom headquarters' word is all there will be.
     *
     * @throws SiteStartException when such a line names no recipient or says anything but {@value #NO_RECEIPTS}
     */
    static Set<SiteId> withoutReceipts(Settings settings) throws SiteStartException {
        Set<SiteId> recipients = recipients(settings).keySet();
        Set<SiteId> found = new TreeSet<>();
        for (Map.Entry<String, String> entry : settings.family(RECEIPTS).entrySet()) {
            recipients.stream()
                    .filter(each -> each.value().equals(entry.getKey())
                            && entry.getValue().equals(NO_RECEIPTS))
                    .forEach(found::add);
        }
        if (found.size() < settings.family(RECEIPTS).size()) {
            throw new SiteStartException(settings.home().settingsFile() + ": expected for " + RECEIPTS + " one of "
                    + recipients + " and the value " + NO_RECEIPTS + ", found "
                    + Printable.of(settings.family(RECEIPTS).toString()) + ". Correct the lines, or remove them");
        }
        return found;
    }
}
