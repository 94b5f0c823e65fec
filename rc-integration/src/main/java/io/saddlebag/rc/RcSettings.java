package io.saddlebag.rc;

import io.saddlebag.message.KeyBundle;
import io.saddlebag.site.LinkedSiteSettings;
import io.saddlebag.site.Setting;
import io.saddlebag.site.Setting.Kind;
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
    static final String INLINE_LIMIT = "outbox.inline-limit";
    static final String RETENTION_INTERVAL = "outbox.retention-interval";
    static final String KEY_LIFETIME = "keys.lifetime";

    /** All of them. */
    public static final List<Setting> ALL = LinkedSiteSettings.and(
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
                            KEY_LIFETIME,
                            Kind.DURATION,
                            KeyBundle.MAX_TERM.toDays() + "d",
                            "For how long senders may seal for a published key; the centre extends it when a quarter is left.")
                    .atLeast("4d")
                    .atMost(KeyBundle.MAX_TERM.toDays() + "d"));

    private RcSettings() {}
}
