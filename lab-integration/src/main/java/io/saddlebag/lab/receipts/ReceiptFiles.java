package io.saddlebag.lab.receipts;

import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.access.Modes;
import io.saddlebag.message.Json;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files {@code sent/<message_id>.receipts.json}, each whole at every moment. Any thread reads, one writes. */
public final class ReceiptFiles {
    private static final Logger LOG = LoggerFactory.getLogger(ReceiptFiles.class);

    private final Path sent;
    private final Set<SiteId> withoutReceipts;

    /**
     * @param sent the folder
     * @param withoutReceipts recipients that sign none
     */
    public ReceiptFiles(Path sent, Set<SiteId> withoutReceipts) {
        this.sent = sent;
        this.withoutReceipts = Set.copyOf(withoutReceipts);
    }

    /** Nothing yet when there is no such file, or it is of another message or cannot be read. */
    SentReceipts read(ReceiptedMessages.Known known) throws IOException {
        Path file = sent.resolve(known.messageId() + SentReceipts.SUFFIX);
        SentReceipts none = SentReceipts.of(known, withoutReceipts);
        if (!AtomicFiles.isThere(file)) {
            return none;
        }
        try {
            SentReceipts found = Json.read(Files.readAllBytes(file), SentReceipts.class);
            boolean isSame = found.manifestSha256().equals(known.manifestSha256())
                    && found.receiptSecret().equals(known.secret());
            return isSame ? found : none;
        } catch (NoSuchFileException e) {
            return none;
        } catch (IllegalArgumentException e) {
            LOG.warn("{}: written anew, since it cannot be read: {}", file, Printable.reason(e.getMessage()));
            return none;
        }
    }

    /**
     * Syncs a file that is complete or has a verdict, which this site confirms to headquarters. Headquarters is asked again
     * for an incomplete file, or one that a power cut spoiled.
     */
    void write(SentReceipts receipts) throws IOException {
        String name = receipts.messageId() + SentReceipts.SUFFIX;
        Path hidden = sent.resolve("." + name + AtomicFiles.TEMPORARY_SUFFIX);
        try (FileChannel channel = FileChannel.open(
                hidden,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE),
                Modes.SHARED_FILE)) {
            ByteBuffer json = ByteBuffer.wrap(Json.writeForPeople(receipts));
            while (json.hasRemaining()) {
                channel.write(json);
            }
            if (receipts.isComplete() || receipts.hasVerdict()) {
                channel.force(true);
            }
        }
        Failpoint.LAB_RECEIPTS_STAGED.reached();
        Files.move(hidden, sent.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * Takes the receipts of a message away that is sent again and gets another manifest. Where a receipt came they are kept,
     * as {@code <message_id>.1.receipts.json}, 2 and so on.
     */
    public void setAside(MessageId messageId) throws IOException {
        Path file = sent.resolve(messageId + SentReceipts.SUFFIX);
        if (!AtomicFiles.isThere(file)) {
            return;
        }
        boolean isProof = read(messageId).stream()
                .flatMap(each -> each.recipients().stream())
                .anyMatch(recipient -> recipient.receipt() != null);
        if (!isProof) {
            Files.delete(file);
            return;
        }
        int copy = 1;
        while (AtomicFiles.isThere(aside(messageId, copy))) {
            copy++;
        }
        Files.move(file, aside(messageId, copy), StandardCopyOption.ATOMIC_MOVE);
    }

    private Path aside(MessageId messageId, int copy) {
        return sent.resolve(messageId + "." + copy + SentReceipts.SUFFIX);
    }

    /** Empty when there is no such file, or it cannot be read. */
    public Optional<SentReceipts> read(MessageId messageId) throws IOException {
        try {
            byte[] json = Files.readAllBytes(sent.resolve(messageId + SentReceipts.SUFFIX));
            return Optional.of(Json.read(json, SentReceipts.class));
        } catch (NoSuchFileException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Puts the names of the files that were written on the disk. */
    void sync() throws IOException {
        AtomicFiles.syncFolder(sent);
    }
}
