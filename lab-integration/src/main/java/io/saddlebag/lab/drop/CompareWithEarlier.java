package io.saddlebag.lab.drop;

import io.saddlebag.files.DroppedName;
import io.saddlebag.lab.message.ContentDigest;
import io.saddlebag.lab.message.LabExchange;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.records.LabFolders;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Judges a drop against the journal: new, or a duplicate of what was claimed before under its message_id. Other bytes
 * under the same id are refused. An id whose file failed is free again, so that a corrected file can be dropped.
 *
 * <p>A file whose name is no message_id is a duplicate when the same bytes were claimed before under the same name; when
 * those failed, it gets their id back.
 */
public final class CompareWithEarlier implements Processor {
    static final String NEW = "new";
    static final String DUPLICATE = "duplicate";

    private final LabJournal journal;
    private final LabFolders folders;
    private final ClaimsUnderWay claims;
    private final Corrections corrections;
    private final LateFiles late;

    public CompareWithEarlier(LabJournal journal, LabFolders folders, ClaimsUnderWay claims) {
        this.claims = Objects.requireNonNull(claims, "claims");
        this.journal = Objects.requireNonNull(journal, "journal");
        this.corrections = new Corrections(journal);
        this.folders = Objects.requireNonNull(folders, "folders");
        this.late = new LateFiles(journal, folders);
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        DroppedName name = LabExchange.droppedName(exchange);
        claims.awaitThoseOf(name);
        Optional<OutgoingMessage> earlier =
                name.messageId() == null ? sameDrop(exchange, name) : journal.find(name.messageId());
        if (earlier.isPresent() && name.messageId() == null) {
            LabExchange.droppedName(exchange, name.under(earlier.get().messageId()));
        }
        if (earlier.isPresent() && earlier.get().state() == OutgoingMessage.State.FAILED) {
            journal.forget(earlier.get().number());
            earlier = Optional.empty();
        }
        if (earlier.isPresent() && name.messageId() != null) {
            requireSame(earlier.get(), name, exchange);
        } else if (name.messageId() != null) {
            corrections.requireKnown(name.messageId());
        } else if (earlier.isEmpty() && LabExchange.isByStem(exchange)) {
            late.requireNone(name, LabExchange.dropped(exchange).claim());
        }
        exchange.setProperty(LabExchange.VERDICT, earlier.isPresent() ? DUPLICATE : NEW);
    }

    private Optional<OutgoingMessage> sameDrop(Exchange exchange, DroppedName name) throws IOException {
        long size = LabExchange.droppedLook(exchange).size();
        if (!journal.knows(name.fileName(), size)) {
            return Optional.empty();
        }
        Sha256 now = ContentDigest.of(LabExchange.dropped(exchange).claim()).sha256();
        for (OutgoingMessage namesake : journal.undigested(name.fileName(), size)) {
            Sha256 before = digestOf(namesake);
            if (now.equals(before)) {
                return Optional.of(namesake);
            }
            if (before != null) {
                journal.digested(namesake.number(), before);
            }
        }
        return journal.named(name.fileName(), size, now);
    }

    private void requireSame(OutgoingMessage earlier, DroppedName name, Exchange exchange) throws IOException {
        Path dropped = LabExchange.dropped(exchange).claim();
        Sha256 before = digestOf(earlier);
        if (before == null) {
            throw new NoSuchFileException(
                    folders.content(earlier.messageId()).toString(), null, "claimed, and taken out of the work folder");
        }
        Sha256 now = ContentDigest.of(dropped).sha256();
        if (!now.equals(before)
                && LabExchange.isByStem(exchange)
                && Files.isDirectory(dropped, LinkOption.NOFOLLOW_LINKS)) {
            throw late.refusal(earlier.messageId(), dropped);
        }
        if (!now.equals(before)) {
            throw new Refusal(
                    Refusal.Code.CONFLICT,
                    "Expected the bytes that " + earlier.messageId() + " was first dropped with (SHA-256 " + before
                            + "), found others (SHA-256 " + now + "). " + remedy(earlier, name));
        }
    }

    /** A file of another ending is rarely meant as a correction: an index or a checksum belongs to its data. */
    private static String remedy(OutgoingMessage earlier, DroppedName name) {
        if (earlier.claim().fileName().equals(name.fileName())) {
            return "Drop a correction under a name that ends in _r"
                    + (name.messageId().revision() + 1) + " before the dot";
        }
        return "Files whose names differ after the first dot alone are one message, and this one was made of "
                + Printable.of(earlier.claim().fileName())
                + ". Have such files sent together (group: stem on the drop folder's route), or give this one a SEQ of"
                + " its own";
    }

    /** Null when it was never digested and is gone. */
    private Sha256 digestOf(OutgoingMessage earlier) throws IOException {
        if (earlier.sha256() != null) {
            return earlier.sha256();
        }
        try {
            return ContentDigest.of(folders.content(earlier.messageId())).sha256();
        } catch (NoSuchFileException e) {
            return null;
        }
    }
}
