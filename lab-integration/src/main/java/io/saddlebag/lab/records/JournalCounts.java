package io.saddlebag.lab.records;

import io.saddlebag.lab.message.OutgoingMessage.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * How many messages are in which state. A count looks at each message that waits, not at those that ended. An answer
 * that took more than 0.2 s, as over a million of them, is given again for twenty times as long. For any number of threads.
 */
public final class JournalCounts {
    private final LabJournal journal;
    private final Bounded<Map<State, Files>> waiting = new Bounded<>(this::countWaiting);
    private final Bounded<Long> unreceipted = new Bounded<>(this::countUnreceipted);

    public JournalCounts(LabJournal journal) {
        this.journal = journal;
    }

    /**
     * Files of one state.
     *
     * @param bytes of the files as they were dropped
     * @param oldest its claim; null when there is none
     */
    public record Files(long count, long bytes, Instant oldest) {}

    /** A slow answer takes at most a twentieth of a thread's time. */
    private static final class Bounded<T> {
        private static final int SHARE = 20;
        private static final long SLOW_NANOS = 200_000_000;

        private final Supplier<T> question;
        private T answer;
        private long validUntil;

        Bounded(Supplier<T> question) {
            this.question = question;
        }

        synchronized T get() {
            long begin = System.nanoTime();
            if (answer == null || begin - validUntil >= 0) {
                answer = question.get();
                long end = System.nanoTime();
                validUntil = end - begin > SLOW_NANOS ? end + SHARE * (end - begin) : end;
            }
            return answer;
        }
    }

    /** The states that wait for headquarters, each with what waits in it. */
    public Map<State, Files> waiting() {
        return waiting.get();
    }

    private Map<State, Files> countWaiting() {
        return journal.value(
                "SELECT " + files("CLAIMED") + ", " + files("SEALED")
                        + " FROM message WHERE state IN ('CLAIMED', 'SEALED')",
                row -> new TreeMap<>(Map.of(State.CLAIMED, files(row, 1), State.SEALED, files(row, 4))));
    }

    private static String files(String state) {
        String these = " FILTER (WHERE state = '" + state + "')";
        return "count(*)" + these + ", coalesce(sum(size)" + these + ", 0), min(sent_timestamp)" + these;
    }

    private static Files files(ResultSet row, int from) throws SQLException {
        String oldest = row.getString(from + 2);
        return new Files(row.getLong(from), row.getLong(from + 1), oldest == null ? null : Instant.parse(oldest));
    }

    /** Messages that headquarters confirmed and that lack a receipt. */
    public long unreceipted() {
        return unreceipted.get();
    }

    private long countUnreceipted() {
        return journal.value(
                "SELECT count(*) FROM message WHERE state = 'SENT' AND is_receipted = 0", row -> row.getLong(1));
    }
}
