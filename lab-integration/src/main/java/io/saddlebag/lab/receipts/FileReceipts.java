package io.saddlebag.lab.receipts;

import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.access.Modes;
import io.saddlebag.message.Json;
import io.saddlebag.message.Printable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what has come into {@code sent/<message_id>.receipts.json}, each file whole at every moment, and records in the
 * journal which messages lack nothing any more. Until that is recorded headquarters is asked again, so a crash loses
 * nothing, and doing it twice ends the same.
 */
public final class FileReceipts implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(FileReceipts.class);

    private final ReceiptedMessages messages;
    private final Path folder;

    /** @param folder {@code sent/} */
    public FileReceipts(ReceiptedMessages messages, Path folder) {
        this.messages = Objects.requireNonNull(messages, "messages");
        this.folder = Objects.requireNonNull(folder, "folder");
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        List<Long> complete = new ArrayList<>();
        for (ReceiptBatch.OfMessage ofMessage : ReceiptBatch.of(exchange).messages()) {
            if (isComplete(ofMessage)) {
                complete.add(ofMessage.known().number());
            }
        }
        if (!complete.isEmpty()) {
            AtomicFiles.syncFolder(folder);
            Failpoint.LAB_RECEIPTS_PLACED.reached();
            messages.complete(complete);
            Failpoint.LAB_RECEIPTS_RECORDED.reached();
        }
    }

    private boolean isComplete(ReceiptBatch.OfMessage ofMessage) throws IOException {
        Path file = folder.resolve(ofMessage.known().messageId() + SentReceipts.SUFFIX);
        SentReceipts before = read(file, ofMessage.known());
        SentReceipts after = before.with(ofMessage.judged());
        if (!after.equals(before)) {
            write(file, after);
            log(after, before);
        }
        return after.isComplete();
    }

    /** Synced only when it is complete: of one that is not, or that a power cut spoiled, headquarters is asked again. */
    private void write(Path file, SentReceipts receipts) throws IOException {
        Path hidden = folder.resolve("." + file.getFileName() + AtomicFiles.TEMPORARY_SUFFIX);
        try (FileChannel channel = FileChannel.open(
                hidden,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE),
                Modes.SHARED_FILE)) {
            ByteBuffer json = ByteBuffer.wrap(Json.writeForPeople(receipts));
            while (json.hasRemaining()) {
                channel.write(json);
            }
            if (receipts.isComplete()) {
                channel.force(true);
            }
        }
        Failpoint.LAB_RECEIPTS_STAGED.reached();
        Files.move(hidden, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** What stands there; nothing yet when there is no such file, or it is of another message or cannot be read. */
    private static SentReceipts read(Path file, ReceiptedMessages.Known known) throws IOException {
        SentReceipts none = SentReceipts.of(known);
        if (!AtomicFiles.isThere(file)) {
            return none;
        }
        try {
            SentReceipts standing = Json.read(Files.readAllBytes(file), SentReceipts.class);
            return standing.manifestSha256().equals(known.manifestSha256()) ? standing : none;
        } catch (NoSuchFileException e) {
            return none;
        } catch (IllegalArgumentException e) {
            LOG.warn("{}: written anew, since it cannot be read: {}", file, Printable.of(e.getMessage()));
            return none;
        }
    }

    private static void log(SentReceipts after, SentReceipts before) {
        for (SentReceipts.Recipient recipient : after.recipients()) {
            if (before.recipients().contains(recipient)) {
                continue;
            }
            if (recipient.fault() != null) {
                LOG.error(
                        "{}: the receipt of {} does not hold: {}",
                        after.messageId(),
                        recipient.receiverClientId(),
                        recipient.fault());
            } else if (recipient.isFinal()) {
                LOG.info(
                        "{}: {} has it{}",
                        after.messageId(),
                        recipient.receiverClientId(),
                        recipient.receipt() == null ? ", without a signed receipt" : ", signed receipt kept");
            } else {
                LOG.warn(
                        "{}: {} for {}: {}",
                        after.messageId(),
                        recipient.state(),
                        recipient.receiverClientId(),
                        Printable.of(recipient.reason()));
            }
        }
    }
}
