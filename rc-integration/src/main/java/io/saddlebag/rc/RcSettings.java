package io.saddlebag.rc;

import io.saddlebag.journal.MissingSeqs.Gap;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.observe.ObserveSettings;
import io.saddlebag.site.LinkedSiteSettings;
import io.saddlebag.site.Setting;
import io.saddlebag.site.Setting.Kind;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** The settings of a research centre, each with its meaning and default. */
public final class RcSettings {
    static final String WORKERS = "receive.workers";
    static final String WINDOW_BYTES = "receive.window-bytes";
    static final String MAX_BYTES = "receive.max-bytes";
    static final String RETRY = "receive.retry-interval";
    static final String PARTS_AGE = "receive.parts-age";
    static final String SUBSCRIBE_RETRY = "receive.subscribe-retry";
    static final String MISSING_AFTER = "receive.missing-after";
    private static final String USUAL_MISSING_AFTER = "15m";
    static final String ACCEPT_MISSING = "receive.accept-missing";
    static final String INLINE_LIMIT = "outbox.inline-limit";
    static final String RETENTION_INTERVAL = "outbox.retention-interval";
    static final String KEY_LIFETIME = "keys.lifetime";

    /** All of them. */
    public static final List<Setting> ALL = ObserveSettings.and(LinkedSiteSettings.and(
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
                    USUAL_MISSING_AFTER,
                    "How long a message may be overtaken by later ones of its sender before it is reported missing, and"
                            + " an audit finds fault."),
            Setting.optional(
                    ACCEPT_MISSING,
                    Kind.TEXT,
                    "",
                    "For one start: missing messages that do not come any more and are to be reported no longer, such as"
                            + " FL-LAB:7,FL-LAB:9-12."),
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
                            KEY_LIFETIME,
                            Kind.DURATION,
                            KeyBundle.MAX_TERM.toDays() + "d",
                            "For how long senders may seal for a published key; the centre extends it when a quarter is left.")
                    .atLeast("4d")
                    .atMost(KeyBundle.MAX_TERM.toDays() + "d")));

    private RcSettings() {}

    /** @throws SiteStartException when it does not name missing messages */
    static List<Gap> acceptMissing(Settings settings) throws SiteStartException {
        return settings.read(ACCEPT_MISSING, Gap::listOf);
    }

    /**
     * How long a message may be overtaken, of a centre whose other settings may have faults.
     *
     * @throws IOException when the settings cannot be read, or this one is no time
     */
    public static Duration missingAfter(SiteHome home) throws IOException {
        return Settings.duration(home, MISSING_AFTER, USUAL_MISSING_AFTER);
    }
}
