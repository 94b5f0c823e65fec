package io.saddlebag.lab.outgoing;

import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.lab.message.OutgoingContext;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.records.LabFolders;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.log.WorkUnderWay;
import io.saddlebag.message.Json;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Refusal;
import io.saddlebag.stomp.ConnectionLostException;
import io.saddlebag.stomp.client.HqEndpoint;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * The body becomes the upload of a sealed message, which the next step sends. It completes when headquarters has confirmed
 * the message. It fails with a {@link Refusal} when headquarters refuses it; a passing one when it takes it later.
 */
public final class PublishParts implements Processor {
    private final LabJournal journal;
    private final LabFolders folders;
    private final Executor workers;
    private final PushBack pushBack;
    private final WithdrawSteps withdraw;
    private final WorkUnderWay underWay;

    /** @param workers reads the parts and takes up the route again */
    public PublishParts(
            LabJournal journal,
            LabFolders folders,
            Executor workers,
            PushBack pushBack,
            WithdrawSteps withdraw,
            WorkUnderWay underWay) {
        this.journal = journal;
        this.folders = folders;
        this.workers = workers;
        this.pushBack = pushBack;
        this.withdraw = withdraw;
        this.underWay = underWay;
    }

    @Override
    public void process(Exchange exchange) {
        OutgoingContext outgoing = OutgoingContext.of(exchange);
        OutgoingMessage message = outgoing.message();
        Manifest made = outgoing.manifest();
        Manifest manifest = made == null ? Json.read(message.manifest(), Manifest.class) : made;
        PartUpload.Sealed sealed = new PartUpload.Sealed(sealed(outgoing), folders.sealed(message.messageId()));
        WithdrawSteps.Left left = withdraw.left(message);
        HqEndpoint.Upload upload = connection -> {
            PartUpload parts = new PartUpload(
                    manifest,
                    message.envelope(),
                    sealed,
                    connection,
                    workers,
                    left,
                    () -> withdraw.requireWanted(message),
                    underWay.begin(message.named(), "sending", manifest.body().size()));
            CompletableFuture<Void> confirmed = parts.start();
            Failpoint.LAB_FRAME_SENT.reached();
            return confirmed.handleAsync(
                    (done, failure) -> {
                        note(message, parts, failure);
                        if (failure != null) {
                            throw new CompletionException(cause(failure));
                        }
                        pushBack.confirmed(message.claim().recipients());
                        return null;
                    },
                    workers);
        };
        exchange.getMessage().setBody(upload);
    }

    private void note(OutgoingMessage message, PartUpload parts, Throwable failure) {
        boolean isSettled = failure == null
                || cause(failure) instanceof Refusal refusal && !refusal.code().isPassing();
        if (isSettled) {
            withdraw.settled(message);
        } else {
            withdraw.ended(message, parts.leftAfter(cause(failure)));
        }
    }

    /** Null when it is a file. */
    private byte[] sealed(OutgoingContext outgoing) {
        OutgoingMessage message = outgoing.message();
        return outgoing.sealed() == null && message.isSmall()
                ? journal.value("SELECT sealed FROM message WHERE number = ?", row -> row.getBytes(1), message.number())
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
