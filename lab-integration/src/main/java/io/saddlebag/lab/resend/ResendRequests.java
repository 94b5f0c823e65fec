package io.saddlebag.lab.resend;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.message.MessageId;
import io.saddlebag.site.SiteHome;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.client.HqEndpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes up {@code saddlebag resend}: each request is an empty file {@code resend/<message_id>} in the home. Headquarters is
 * asked whether it has the message; {@link Resends} sends it again when it has not. A request goes once it is answered.
 */
public final class ResendRequests implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(ResendRequests.class);
    private static final String FOLDER = "resend";
    private static final int MOST = 100;

    private final Path folder;
    private final Resends resends;
    private final Function<StompFrame, CompletableFuture<StompFrame>> request;
    private final Executor thread;
    private final AtomicBoolean asking = new AtomicBoolean();

    /** @param thread the one that takes the answers, bounded */
    public ResendRequests(
            SiteHome home,
            Resends resends,
            Function<StompFrame, CompletableFuture<StompFrame>> request,
            Executor thread) {
        this.folder = home.resolve(FOLDER);
        this.resends = resends;
        this.request = request;
        this.thread = thread;
    }

    /** Leaves a request in a laboratory's home, whether it runs or not. */
    public static void leave(SiteHome home, MessageId messageId) throws IOException {
        Path folder = home.resolve(FOLDER);
        AtomicFiles.createPrivateFolder(folder);
        AtomicFiles.replace(folder.resolve(messageId.value()), new byte[0]);
    }

    /** Asks headquarters about the requests that there are. Does not wait for the answer. */
    @Override
    public void process(Exchange exchange) throws IOException {
        List<MessageId> asked = requests();
        if (asked.isEmpty() || !asking.compareAndSet(false, true)) {
            return;
        }
        resends.wanted(asked);
        request.apply(HqEndpoint.question(Headers.RECEIPTS, asked)).whenComplete((answer, failure) -> {
            if (failure != null) {
                LOG.debug("requests to send again wait for headquarters: {}", String.valueOf(failure));
                notNow(asked);
                return;
            }
            try {
                // Behind the frames of the answer, which the same thread takes.
                thread.execute(() -> answered(asked));
            } catch (RejectedExecutionException e) {
                notNow(asked);
            }
        });
    }

    private List<MessageId> requests() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> id(file.getFileName().toString()))
                    .flatMap(Optional::stream)
                    .limit(MOST)
                    .toList();
        }
    }

    private static Optional<MessageId> id(String name) {
        try {
            return Optional.of(MessageId.of(name));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private void notNow(List<MessageId> asked) {
        asked.forEach(resends::isStillWanted);
        asking.set(false);
    }

    private void answered(List<MessageId> asked) {
        try {
            for (MessageId each : asked) {
                if (resends.isStillWanted(each)) {
                    LOG.info("{}: asked for, and not sent again: headquarters has it", each);
                }
                Files.deleteIfExists(folder.resolve(each.value()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            asking.set(false);
        }
    }
}
