package io.saddlebag.lab.records;

import io.saddlebag.journal.JournalWriter;
import io.saddlebag.lab.message.AssignedId;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.message.SentManifest;
import io.saddlebag.message.Json;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * The changes with which the journal catches up when headquarters has more of this laboratory's messages, as after a
 * restore from a back-up. For any number of threads; each change is one transaction.
 */
public final class ChainRecords {
    private final JournalWriter writer;
    private final IdSeries series;
    private final Sequences sequences;
    private final ReceivedRecords received;

    ChainRecords(JournalWriter writer, IdSeries series, Sequences sequences, ReceivedRecords received) {
        this.writer = writer;
        this.series = series;
        this.sequences = sequences;
        this.received = received;
    }

    /**
     * A recipient's sequence as the journal has it and as a manifest at headquarters says.
     *
     * @param seq the journal's last; 0 for none
     * @param held the highest at headquarters
     */
    public record Compared(SiteId recipient, long seq, Sha256 last, long held, SentManifest manifest) {
        public boolean isBehind() {
            return held > seq;
        }

        /** Two manifests have one place. */
        public boolean isFork() {
            return held == seq && !manifest.sha256().equals(last);
        }
    }

    /** Compares the sequences of the recipients that the manifests name. */
    public List<Compared> compare(Collection<SentManifest> held) {
        Map<SiteId, SentManifest> newest = new TreeMap<>();
        for (SentManifest each : held) {
            for (Manifest.Recipient recipient : each.manifest().recipients()) {
                newest.merge(
                        recipient.id(),
                        each,
                        (one, other) -> seq(one, recipient) < seq(other, recipient) ? other : one);
            }
        }
        return writer.write(() -> {
            List<Compared> compared = new ArrayList<>();
            for (Map.Entry<SiteId, SentManifest> each : newest.entrySet()) {
                Optional<Sequences.Last> last = sequences.last(each.getKey());
                compared.add(new Compared(
                        each.getKey(),
                        last.map(Sequences.Last::seq).orElse(0L),
                        last.map(Sequences.Last::manifestSha256).orElse(null),
                        each.getValue().manifest().recipient(each.getKey()).seq(),
                        each.getValue()));
            }
            return compared;
        });
    }

    private static long seq(SentManifest held, Manifest.Recipient recipient) {
        return held.manifest().recipient(recipient.id()).seq();
    }

    /**
     * Continues the sequences and series behind those of headquarters.
     *
     * @param highest by series, the highest number that headquarters has
     * @return the number of the last claim that may have an id which headquarters has too
     */
    public long catchUp(List<Compared> behind, Map<String, Long> highest) {
        return writer.write(() -> {
            for (Compared each : behind) {
                sequences.catchUp(each.recipient(), each.held(), each.manifest().sha256());
            }
            for (Map.Entry<String, Long> each : highest.entrySet()) {
                series.atLeast(each.getKey(), each.getValue());
            }
            return writer.statements().first("SELECT coalesce(max(number), 0) FROM message", row -> row.getLong(1));
        });
    }

    /** The last number given in a series; 0 for none. */
    public long lastOf(String prefix) {
        return writer.write(() -> series.last(prefix));
    }

    /** No number up to this one is given any more. */
    public CompletableFuture<Void> skip(String prefix, long upTo) {
        return writer.submit(() -> {
            series.atLeast(prefix, upTo);
            return null;
        });
    }

    /** True if a manifest is the last of some recipient's sequence. */
    public boolean isLast(Sha256 manifestSha256) {
        return writer.write(() ->
                writer.statements().has("SELECT 1 FROM sequence WHERE manifest_sha256 = ?", manifestSha256.hex()));
    }

    /**
     * Gives a message the next id of its series; it is claimed again then, and its place in the sequences is free. The
     * caller moves the file.
     */
    public CompletableFuture<OutgoingMessage> nextId(OutgoingMessage message) {
        return writer.submit(() -> {
            MessageId next = series.next(AssignedId.of(message.messageId()).series());
            release(message);
            writer.statements()
                    .update(
                            "UPDATE message SET message_id = ?, former_id = ?, state = 'CLAIMED', manifest = NULL,"
                                    + " manifest_sha256 = NULL, envelope = NULL, sealed = NULL, places = NULL,"
                                    + " sealed_time = NULL, signed_time = NULL"
                                    + " WHERE number = ?",
                            next.value(),
                            message.messageId().value(),
                            message.number());
            return message.renamed(next);
        });
    }

    /** The column {@code places}. */
    static String places(OutgoingMessage message, ToLongFunction<SiteId> seqs) {
        return message.claim().recipients().stream()
                .map(recipient -> Long.toString(seqs.applyAsLong(recipient)))
                .collect(Collectors.joining(","));
    }

    /** Within a transaction: headquarters has the message under this manifest, of the same claim. */
    void adopt(OutgoingMessage message, SentManifest held) throws SQLException {
        release(message);
        received.taken(held.manifest());
        writer.statements()
                .update(
                        "UPDATE message SET size = ?, sha256 = ?, manifest_sha256 = ?, places = ? WHERE number = ?",
                        message.size(),
                        message.sha256().hex(),
                        held.sha256().hex(),
                        places(message, recipient -> held.manifest()
                                .recipient(recipient)
                                .seq()),
                        message.number());
    }

    /** Within a transaction: the message's manifest was refused, and no other place was made for it. */
    void release(OutgoingMessage message) throws SQLException {
        if (message.manifest() != null) {
            Manifest manifest = Json.read(message.manifest(), Manifest.class);
            sequences.release(manifest, Sha256.of(message.manifest()));
            received.failed(manifest);
        }
    }
}
