package io.saddlebag.lab.outgoing;

import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.lab.message.OutgoingContext;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.records.LabFolders;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.message.Json;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Refusal;
import io.saddlebag.site.camel.AsyncStep;
import io.saddlebag.stomp.ConnectionLostException;
import io.saddlebag.stomp.StompFrame;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;

/**
 * Publishes a sealed message and completes when headquarters has confirmed it; holds no thread meanwhile. Fails with a
 * {@link Refusal} when headquarters refuses it; a passing one when it takes it later.
 */
public final class PublishParts implements AsyncStep {
    private final Supplier<Function<StompFrame, CompletableFuture<StompFrame>>> connection;
    private final LabJournal journal;
    private final LabFolders folders;
    private final Executor workers;
    private final PushBack pushBack;

    /**
     * @param connection the one of the moment: sends a frame and answers with its receipt. All parts of a message go
     *     over one, since headquarters expects the first part on each
     * @param workers reads the parts and takes up the route again
     */
    public PublishParts(
            Supplier<Function<StompFrame, CompletableFuture<StompFrame>>> connection,
            LabJournal journal,
            LabFolders folders,
            Executor workers,
            PushBack pushBack) {
        this.connection = connection;
        this.journal = journal;
        this.folders = folders;
        this.workers = workers;
        this.pushBack = pushBack;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        OutgoingContext outgoing = OutgoingContext.of(exchange);
        OutgoingMessage message = outgoing.message();
        Manifest made = outgoing.manifest();
        Manifest manifest = made == null ? Json.read(message.manifest(), Manifest.class) : made;
        PartUpload upload = new PartUpload(
                manifest,
                message.envelope(),
                new PartUpload.Sealed(sealed(outgoing), folders.sealed(message.messageId())),
                connection.get(),
                workers);
        upload.start()
                .whenCompleteAsync(
                        (confirmed, failure) -> {
                            if (failure != null) {
                                exchange.setException(cause(failure));
                            } else {
                                pushBack.confirmed(message.claim().recipients());
                            }
                            callback.done(false);
                        },
                        workers);
        Failpoint.LAB_FRAME_SENT.reached();
        return false;
    }

    /** Null when it is a file. */
    private byte[] sealed(OutgoingContext outgoing) {
        OutgoingMessage message = outgoing.message();
        return outgoing.sealed() == null && message.isSmall()
                ? journal.sealedMessage(message.number())
                : outgoing.sealed();
    }

    private static Throwable cause(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        // A frame of an earlier connection came in between: treated as a broken connection.
        return cause instanceof Refusal refusal && refusal.code() == Refusal.Code.UPLOAD_LOST
                ? new ConnectionLostException(refusal.reason())
                : cause;
    }
}
