package io.saddlebag.lab.outgoing;

import io.saddlebag.lab.message.ContentDigest;
import io.saddlebag.lab.message.FileLook;
import io.saddlebag.lab.records.SecondLooks;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks once more at each file in {@code sent/}, a while after headquarters confirmed it: a program that still had the file
 * open writes on into {@code sent/}, where the file then looks complete. Costs one look at the file's size and time; only
 * a file that changed is read. A file that somebody took out of {@code sent/} is no fault.
 */
public final class LookAtSent implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(LookAtSent.class);
    private static final int PAGE = 500;

    private final SecondLooks looks;
    private final Path sent;
    private final Duration pause;
    private final Clock clock;

    /**
     * @param sent the folder
     * @param pause from the confirm to the look, at least
     */
    public LookAtSent(SecondLooks looks, Path sent, Duration pause, Clock clock) {
        this.looks = Objects.requireNonNull(looks, "looks");
        this.sent = Objects.requireNonNull(sent, "sent folder");
        this.pause = Objects.requireNonNull(pause, "pause");
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    @Override
    public void process(Exchange exchange) {
        Instant now = clock.instant();
        long after = 0;
        List<SecondLooks.Sent> page = looks.due(after, now.minus(pause), now, PAGE);
        while (!page.isEmpty()) {
            page.forEach(this::look);
            looks.done(page);
            after = page.get(page.size() - 1).number();
            page = looks.due(after, now.minus(pause), now, PAGE);
        }
    }

    private void look(SecondLooks.Sent message) {
        Path file = sent.resolve(message.keptAs());
        try {
            FileLook found = FileLook.of(file);
            if (!found.equals(message.look()) && !hasSameContent(file, message)) {
                LOG.error(
                        "{}: sent/{} was written to after it was sent: expected {}, found {}. The centres have the content"
                                + " with SHA-256 {}. Find the program that wrote to it; when the file is complete, drop"
                                + " it again as a correction (its message_id and _r2, or the next _rN)",
                        message.messageId(),
                        Printable.of(message.keptAs()),
                        message.look(),
                        found,
                        message.sha256());
            }
        } catch (NoSuchFileException takenAway) {
            LOG.debug("{}: taken out of sent/", message.messageId());
        } catch (IOException e) {
            LOG.warn(
                    "{}: sent/{} cannot be compared with what was sent: {}",
                    message.messageId(),
                    Printable.of(message.keptAs()),
                    Printable.of(e.toString()));
        }
    }

    private static boolean hasSameContent(Path file, SecondLooks.Sent message) throws IOException {
        try {
            return ContentDigest.of(file).sha256().equals(message.sha256());
        } catch (Refusal e) {
            return false;
        }
    }
}
