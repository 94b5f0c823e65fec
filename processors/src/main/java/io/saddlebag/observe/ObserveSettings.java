package io.saddlebag.observe;

import io.saddlebag.site.Setting;
import io.saddlebag.site.Setting.Kind;
import java.util.ArrayList;
import java.util.List;

/** The settings of every site's alerts and figures. */
public final class ObserveSettings {
    public static final String ADDRESS = "metrics.address";
    public static final String WEBHOOK = "alerts.webhook";
    public static final String WEBHOOK_TOKEN = "alerts.webhook-token-file";
    public static final String WEBHOOK_CA = "alerts.webhook-ca";
    public static final String COMMAND = "alerts.command";
    public static final String SINGLE = "alerts.single";
    public static final String AFTER = "alerts.after";
    public static final String WAITING = "alerts.waiting";
    public static final String STORAGE_LOW = "alerts.storage-low";
    public static final String CERTIFICATE_ENDS = "alerts.certificate-ends";
    public static final String BACKUP_AGE = "alerts.backup-age";
    public static final String SITE_AWAY = "alerts.site-away";

    private static final List<Setting> ALL = List.of(
            Setting.optional(
                    ADDRESS,
                    Kind.TEXT,
                    "",
                    "Where /observe/metrics and /observe/health are served over HTTP, such as 127.0.0.1:9876."),
            Setting.optional(
                    WEBHOOK,
                    Kind.TEXT,
                    "",
                    "Where alerts are posted as JSON when they begin and when they end, such as https://hooks.example.org/x."),
            Setting.optional(
                    WEBHOOK_TOKEN,
                    Kind.PATH,
                    "identity/webhook-token",
                    "Holds the bearer token for that address, on one line, mode 0600; may be absent."),
            Setting.optional(
                    WEBHOOK_CA,
                    Kind.TEXT,
                    "",
                    "A file with the certificates of CAs in PEM that may vouch for that address; without it those of Java."),
            Setting.optional(
                    COMMAND,
                    Kind.TEXT,
                    "",
                    "A program with its arguments, apart by spaces, that gets the same JSON on its standard input."),
            Setting.optional(
                            SINGLE,
                            Kind.COUNT,
                            "10",
                            "How many alerts may be open before changes are sent together, an hour apart at least.")
                    .atLeast("1"),
            Setting.optional(
                    AFTER,
                    Kind.DURATION,
                    "5m",
                    "How long a state that may pass must last before its alert begins, and be over before any ends."),
            Setting.optional(
                            WAITING,
                            Kind.DURATION,
                            "1h",
                            "How long a file or a delivery may wait before an alert says so.")
                    .atLeast("1s"),
            Setting.optional(
                    STORAGE_LOW, Kind.BYTES, "5GiB", "The space on the site's disks below which an alert says so."),
            Setting.optional(
                    CERTIFICATE_ENDS,
                    Kind.DURATION,
                    "14d",
                    "How long before the end of a certificate an alert says so."),
            Setting.optional(
                            BACKUP_AGE,
                            Kind.DURATION,
                            "2d",
                            "How old the last good back-up may be before an alert says so.")
                    .atLeast("1s"),
            Setting.optional(
                            SITE_AWAY,
                            Kind.DURATION,
                            "15m",
                            "How long a site may be without a connection before headquarters' alert says so.")
                    .atLeast("1s"));

    private ObserveSettings() {}

    /** These and a site's others. */
    public static List<Setting> and(List<Setting> others) {
        List<Setting> all = new ArrayList<>(others);
        all.addAll(ALL);
        return List.copyOf(all);
    }
}
