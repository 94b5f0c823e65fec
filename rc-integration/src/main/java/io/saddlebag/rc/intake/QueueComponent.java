package io.saddlebag.rc.intake;

import io.saddlebag.files.Presence;
import io.saddlebag.message.Printable;
import io.saddlebag.rc.outbox.Outbox;
import io.saddlebag.rc.outbox.OutboxRetention;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The scheme {@code hq-queue:<queue>?directory=<outbox>}, with the other parameters of docs/configuration-rc.md. A route
 * that begins with it gets the deliveries of the queue, a frame an exchange.
 */
public final class QueueComponent extends DefaultComponent {
    public static final String SCHEME = "hq-queue";

    private static final Logger LOG = LoggerFactory.getLogger(QueueComponent.class);
    /** The names that headquarters gives queues; work files carry them. */
    private static final Pattern QUEUE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private static final int MAX_PREFETCH = 1000;
    private static final String NEVER = "never";

    private final SiteHome home;
    private final Function<Path, Presence> presences;
    private final Subscriptions subscriptions;

    /** @param presences of the disks that outboxes lie on, by folder */
    public QueueComponent(SiteHome home, Function<Path, Presence> presences, Subscriptions subscriptions) {
        this.home = home;
        this.presences = presences;
        this.subscriptions = subscriptions;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String queue, Map<String, Object> parameters) throws IOException {
        String directory = getAndRemoveParameter(parameters, "directory", String.class);
        int prefetch = prefetch(getAndRemoveParameter(parameters, "prefetch", String.class, "64"));
        Outbox.Extras extras = new Outbox.Extras(
                isOn(getAndRemoveParameter(parameters, "checksum", String.class, "false")),
                isOn(getAndRemoveParameter(parameters, "readyMarker", String.class, "false")));
        OutboxRetention retention = new OutboxRetention(
                age(getAndRemoveParameter(parameters, "deleteDoneAfter", String.class, NEVER)),
                age(getAndRemoveParameter(parameters, "deleteAllAfter", String.class, NEVER)));
        if (!QUEUE.matcher(queue).matches() || directory == null || directory.isBlank()) {
            throw new IllegalArgumentException(
                    "Expected a queue of letters, digits, dots, hyphens and underscores and a directory for the outbox, found queue '"
                            + Printable.of(queue) + "' and directory '" + Printable.of(directory)
                            + "'. Set both parameters of the route");
        }
        Outbox outbox = new Outbox(home.resolve(directory), extras, presences.apply(home.resolve(directory)));
        try {
            outbox.removeUnfinished();
        } catch (IOException e) {
            // The folder may become writable later; deliveries wait until then.
            LOG.warn(
                    "{}: cannot remove the unfinished files of a killed process: {}",
                    outbox.directory(),
                    Printable.of(e.toString()));
        }
        return new QueueEndpoint(uri, this, queue, prefetch, outbox, retention, subscriptions);
    }

    /** @throws IllegalArgumentException when it is neither {@code true} nor {@code false} */
    public static boolean isOn(String text) {
        if (text.equals("true") || text.equals("false")) {
            return text.equals("true");
        }
        throw new IllegalArgumentException(
                "Expected true or false, found '" + Printable.of(text) + "'. Correct the route's parameter");
    }

    /**
     * @return null for {@value #NEVER}
     * @throws IllegalArgumentException when it is no time
     */
    public static Duration age(String text) {
        try {
            return text.equals(NEVER) ? null : Settings.durationOf(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "Expected " + NEVER + " or a time such as 12h or 30d, found '" + Printable.of(text)
                            + "'. Correct the route's parameter",
                    e);
        }
    }

    /** @throws IllegalArgumentException when it is no number or out of its bounds */
    public static int prefetch(String text) {
        try {
            int prefetch = Integer.parseInt(text);
            if (prefetch >= 1 && prefetch <= MAX_PREFETCH) {
                return prefetch;
            }
        } catch (NumberFormatException e) {
            // The error below.
        }
        throw new IllegalArgumentException("Expected a prefetch from 1 to " + MAX_PREFETCH + ", found '"
                + Printable.of(text) + "'. Correct the route's parameter");
    }
}
