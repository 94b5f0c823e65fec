package io.saddlebag.rc.intake;

import io.saddlebag.check.HomeChecks;
import io.saddlebag.files.Presence;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Printable;
import io.saddlebag.message.SiteId;
import io.saddlebag.observe.Expect;
import io.saddlebag.rc.outbox.Outbox;
import io.saddlebag.rc.outbox.OutboxRetention;
import io.saddlebag.rc.outbox.VerdictFiles;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteHome;
import io.saddlebag.stomp.client.HqComponent;
import io.saddlebag.stomp.client.HqLinks;
import io.saddlebag.stomp.client.Intake;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.camel.AfterPropertiesConfigured;
import org.apache.camel.CamelContext;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One queue of headquarters and the outbox that its messages go to. A route that begins with it gets a frame an exchange. */
@UriEndpoint(
        firstVersion = "1.0.0",
        scheme = HqComponent.SCHEME,
        title = "Queue of headquarters",
        syntax = "hq:queue/name",
        category = Category.MESSAGING,
        consumerOnly = true,
        generateConfigurer = false)
public final class QueueEndpoint extends DefaultEndpoint implements AfterPropertiesConfigured {
    private static final Logger LOG = LoggerFactory.getLogger(QueueEndpoint.class);
    /** The names that headquarters gives queues; work files carry them. */
    private static final Pattern QUEUE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private static final int MAX_PREFETCH = 1000;
    private static final String NEVER = "never";
    private static final String ANY = "any";
    private static final String EXPECTED = "expected";

    private final Parts parts;
    private Outbox outbox;

    @UriPath(name = "name", description = "The queue at headquarters, such as ca_rc_queue")
    @Metadata(required = true)
    private final String queue;

    @UriParam(description = "The outbox, relative to the home")
    @Metadata(required = true)
    private String directory;

    @UriParam(
            defaultValue = ANY,
            javaType = "java.lang.String",
            description = "The laboratories whose messages are taken, with commas between them")
    private Set<SiteId> acceptFrom = Set.of();

    @UriParam(defaultValue = "256", description = "The most deliveries that may be unsettled together, 1 to 1000")
    private int prefetch = 256;

    @UriParam(defaultValue = "false", description = "true writes <payload>.sha256 next to each payload")
    private boolean checksum;

    @UriParam(defaultValue = "false", description = "true writes an empty <message_id>.ready last")
    private boolean readyMarker;

    @UriParam(
            defaultValue = "none",
            javaType = "java.lang.String",
            enums = "none,ro-crate",
            description = "ro-crate writes <message_id>.ro-crate-metadata.json, which describes the message")
    private boolean describe;

    @UriParam(
            defaultValue = NEVER,
            javaType = "java.time.Duration",
            description = "How long a message stays after its reader has written <message_id>.done, such as 12h")
    private Duration deleteDoneAfter;

    @UriParam(
            defaultValue = NEVER,
            javaType = "java.time.Duration",
            description = "How long a message stays at most, such as 90d")
    private Duration deleteAllAfter;

    @UriParam(
            defaultValue = NEVER,
            javaType = "java.time.Duration",
            description = "The longest time without a message that is right, such as 1d; then an alert begins")
    private Duration expect;

    @UriParam(
            defaultValue = "none",
            enums = "none,expected",
            description =
                    "expected takes <message_id>.accepted and <message_id>.rejected of the reader to the laboratory")
    private String verdict = "none";

    @UriParam(
            defaultValue = "7d",
            javaType = "java.time.Duration",
            description = "The longest time without the reader's verdict that is right; then an alert begins")
    private Duration verdictWithin = Duration.ofDays(7);

    @UriParam(
            defaultValue = HomeChecks.NONE,
            description =
                    "A check file that each content must pass before it is published, such as checks/results.yaml")
    private String check;

    private VerdictFiles verdictFiles;

    /**
     * Shared by the queues of a site.
     *
     * @param presences of the disks that outboxes lie on, by folder
     * @param retry pause until a refused subscription is tried again
     * @param look interval between two checks of a suspended queue
     */
    public record Parts(
            SiteHome home,
            Function<Path, Presence> presences,
            HqLinks links,
            KeyedSerialExecutor executor,
            Intake intake,
            ResumePoints resumePoints,
            Duration retry,
            Duration look) {
        /** The component for a route that begins with a queue, or with another destination of headquarters. */
        public HqComponent component() {
            return new HqComponent(
                    links, Map.of("queue", (uri, component, queue) -> new QueueEndpoint(uri, component, queue, this)));
        }
    }

    private QueueEndpoint(String uri, HqComponent component, String queue, Parts parts) {
        super(uri, component);
        this.queue = queue;
        this.parts = parts;
    }

    /** Relative to the home. */
    public String directory() {
        return directory;
    }

    public void setDirectory(String folder) {
        directory = folder;
    }

    public void setAcceptFrom(String text) {
        acceptFrom = senders(text);
    }

    public void setPrefetch(String text) {
        prefetch = prefetch(text);
    }

    public void setChecksum(String text) {
        checksum = isOn(text);
    }

    public void setReadyMarker(String text) {
        readyMarker = isOn(text);
    }

    public void setDescribe(String text) {
        describe = isDescribed(text);
    }

    public void setDeleteDoneAfter(String text) {
        deleteDoneAfter = age(text);
    }

    public void setDeleteAllAfter(String text) {
        deleteAllAfter = age(text);
    }

    public void setExpect(String text) {
        expect = Expect.of(text);
    }

    public void setVerdict(String text) {
        verdict = isVerdictExpected(text) ? EXPECTED : "none";
    }

    public void setVerdictWithin(String text) {
        verdictWithin = within(text);
    }

    /** True when the reader is to say whether it accepts each message. */
    public boolean expectsVerdict() {
        return verdict.equals(EXPECTED);
    }

    /** How long a message may be without a verdict before an alert begins. */
    public Duration verdictWithin() {
        return verdictWithin;
    }

    /** The verdicts that readers put into the outbox. */
    public VerdictFiles verdictFiles() {
        return verdictFiles;
    }

    public void setCheck(String path) {
        check = path;
    }

    /** The check file that each content must pass, relative to the home; null for none. */
    public String check() {
        return check == null || check.equals(HomeChecks.NONE) ? null : check;
    }

    /** Null when nothing is expected. */
    public Long expectSeconds() {
        return expect == null ? null : expect.toSeconds();
    }

    @Override
    public void afterPropertiesConfigured(CamelContext context) {
        if (!QUEUE.matcher(queue).matches() || directory == null || directory.isBlank()) {
            throw new IllegalArgumentException(
                    "Expected a queue of letters, digits, dots, hyphens and underscores and a directory for the"
                            + " outbox, found queue '"
                            + Printable.of(queue) + "' and directory '" + Printable.of(directory)
                            + "'. Set both parameters of the route");
        }
        Path folder = parts.home().resolve(directory);
        outbox = new Outbox(
                folder,
                new Outbox.Extras(checksum, readyMarker, describe),
                acceptFrom,
                parts.presences().apply(folder));
        verdictFiles = new VerdictFiles(outbox, Clock.systemUTC());
        try {
            outbox.removeUnfinished();
        } catch (IOException e) {
            // The folder may become writable later; deliveries wait until then.
            LOG.warn(
                    "{}: cannot remove the unfinished files of a killed process: {}",
                    outbox.directory(),
                    Printable.reason(FaultText.of(e)));
        }
    }

    public String queue() {
        return queue;
    }

    int prefetch() {
        return prefetch;
    }

    public Outbox outbox() {
        return outbox;
    }

    public OutboxRetention retention() {
        return new OutboxRetention(deleteDoneAfter, deleteAllAfter);
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        QueueConsumer consumer = new QueueConsumer(this, processor, parts);
        configureConsumer(consumer);
        return consumer;
    }

    @Override
    public Producer createProducer() {
        throw new UnsupportedOperationException("Expected " + getEndpointUri()
                + " at the beginning of a route, found it in a step; a centre only takes from a queue");
    }

    /**
     * @return empty for {@value #ANY}
     * @throws IllegalArgumentException when it is no comma list of site ids
     */
    public static Set<SiteId> senders(String text) {
        Set<SiteId> senders = new TreeSet<>();
        if (!text.strip().equals(ANY)) {
            for (String id : text.split(",", -1)) {
                senders.add(SiteId.of(id.strip()));
            }
        }
        return senders;
    }

    /** @throws IllegalArgumentException when it is neither {@code true} nor {@code false} */
    public static boolean isOn(String text) {
        if (text.equals("true") || text.equals("false")) {
            return text.equals("true");
        }
        throw new IllegalArgumentException(
                "Expected true or false, found '" + Printable.of(text) + "'. Correct the route's parameter");
    }

    /** @throws IllegalArgumentException when it is neither {@code none} nor {@code expected} */
    public static boolean isVerdictExpected(String text) {
        if (text.equals("none") || text.equals(EXPECTED)) {
            return text.equals(EXPECTED);
        }
        throw new IllegalArgumentException(
                "Expected none or expected, found '" + Printable.of(text) + "'. Correct the route's parameter");
    }

    /** @throws IllegalArgumentException when it is no time */
    public static Duration within(String text) {
        try {
            return Settings.durationOf(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "Expected a time such as 12h or 7d, found '" + Printable.of(text)
                            + "'. Correct the route's parameter",
                    e);
        }
    }

    /** @throws IllegalArgumentException when it is neither {@code none} nor {@code ro-crate} */
    public static boolean isDescribed(String text) {
        if (text.equals("none") || text.equals("ro-crate")) {
            return text.equals("ro-crate");
        }
        throw new IllegalArgumentException(
                "Expected none or ro-crate, found '" + Printable.of(text) + "'. Correct the route's parameter");
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
