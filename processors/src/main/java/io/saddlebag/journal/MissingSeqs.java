package io.saddlebag.journal;

import io.saddlebag.message.Manifest;
import io.saddlebag.message.SiteId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A journal's table {@code missing}: ranges of the count of messages between this site and another that later messages
 * overtook, reported or not, one row a range. A range shrinks as its messages come or end. Under the journal's lock.
 */
public final class MissingSeqs {
    public static final String TABLE = """
            CREATE TABLE missing (
              site_id      TEXT NOT NULL,
              first_seq    INTEGER NOT NULL,
              last_seq     INTEGER NOT NULL,
              noticed_time INTEGER NOT NULL,
              is_reported  INTEGER NOT NULL,
              PRIMARY KEY (site_id, first_seq)) WITHOUT ROWID""";

    private static final String RANGES =
            "SELECT first_seq, last_seq, noticed_time, is_reported FROM missing WHERE site_id = ?";

    private final JournalStatements statements;
    /** The lowest missing count by site; {@link Long#MAX_VALUE} for none. Forgotten when the site's ranges change. */
    private final Map<SiteId, Long> lowest = new HashMap<>();

    public MissingSeqs(JournalStatements statements) {
        this.statements = statements;
    }

    /** Messages of the count with a site that are missing, from {@code first} to {@code last}. */
    public record Gap(SiteId site, long first, long last) {
        private static final Pattern TEXT = Pattern.compile("(.+):([0-9]{1,16})(?:-([0-9]{1,16}))?");

        /**
         * Gaps as an operator names them, such as {@code FL-LAB:7,FL-LAB:9-12}.
         *
         * @throws IllegalArgumentException for anything else
         */
        public static List<Gap> listOf(String text) {
            return text.isBlank()
                    ? List.of()
                    : Stream.of(text.split(",", -1))
                            .map(each -> of(each.strip()))
                            .toList();
        }

        private static Gap of(String text) {
            Matcher parts = TEXT.matcher(text);
            if (!parts.matches()) {
                throw new IllegalArgumentException("Expected a site and counts such as FL-LAB:7 or FL-LAB:9-12");
            }
            long first = Long.parseLong(parts.group(2));
            long last = parts.group(3) == null ? first : Long.parseLong(parts.group(3));
            if (first < 1 || last < first || last > Manifest.MAX_SEQ) {
                throw new IllegalArgumentException(
                        "Expected counts from 1 to " + Manifest.MAX_SEQ + ", the lower one first");
            }
            return new Gap(SiteId.of(parts.group(1)), first, last);
        }

        public long count() {
            return last - first + 1;
        }

        @Override
        public String toString() {
            return first == last ? "seq " + first : "seq " + first + " to " + last;
        }
    }

    private record Range(long first, long last, long noticed, boolean isReported) {}

    /**
     * Takes note of a message that was recorded.
     *
     * @param highest the highest count with that site before
     */
    public void arrived(SiteId site, long seq, long highest, Instant now) throws SQLException {
        if (seq - 1 == highest) {
            return;
        }
        if (!ended(site, seq) && seq - 1 > highest) {
            overtaken(site, highest + 1, seq - 1, now);
        }
    }

    /** Later messages overtook these. */
    public void overtaken(SiteId site, long first, long last, Instant now) throws SQLException {
        insert(site, new Range(first, last, now.toEpochMilli(), false));
    }

    /**
     * A message came, or does not come any more.
     *
     * @return true when it was missing
     */
    public boolean ended(SiteId site, long seq) throws SQLException {
        Range below = statements.first(
                RANGES + " AND first_seq <= ? ORDER BY first_seq DESC LIMIT 1", MissingSeqs::range, site.value(), seq);
        return below != null && below.last() >= seq && shrink(below, new Gap(site, seq, seq)) > 0;
    }

    /** @return how many of these messages were missing, and are no longer */
    public long ended(Gap gap) throws SQLException {
        List<Range> ranges = statements.all(
                RANGES + " AND first_seq <= ? AND last_seq >= ?",
                MissingSeqs::range,
                gap.site().value(),
                gap.last(),
                gap.first());
        long count = 0;
        for (Range range : ranges) {
            count += shrink(range, gap);
        }
        return count;
    }

    /** Messages of this gap with other counts than the given ones are no longer missing. */
    public void keep(Gap gap, Set<Long> counts) throws SQLException {
        List<Range> ranges = statements.all(
                RANGES + " AND first_seq BETWEEN ? AND ?",
                MissingSeqs::range,
                gap.site().value(),
                gap.first(),
                gap.last());
        for (Range range : ranges) {
            List<Long> kept = counts.stream()
                    .filter(seq -> seq >= range.first() && seq <= range.last())
                    .toList();
            if (kept.size() < range.last() - range.first() + 1) {
                shrink(range, new Gap(gap.site(), range.first(), range.last()));
                for (long seq : kept) {
                    insert(gap.site(), new Range(seq, seq, range.noticed(), range.isReported()));
                }
            }
        }
    }

    private static Range range(ResultSet row) throws SQLException {
        return new Range(row.getLong(1), row.getLong(2), row.getLong(3), row.getBoolean(4));
    }

    private long shrink(Range range, Gap gap) throws SQLException {
        statements.update(
                "DELETE FROM missing WHERE site_id = ? AND first_seq = ?",
                gap.site().value(),
                range.first());
        lowest.remove(gap.site());
        if (range.first() < gap.first()) {
            insert(gap.site(), new Range(range.first(), gap.first() - 1, range.noticed(), range.isReported()));
        }
        if (gap.last() < range.last()) {
            insert(gap.site(), new Range(gap.last() + 1, range.last(), range.noticed(), range.isReported()));
        }
        return Math.min(gap.last(), range.last()) - Math.max(gap.first(), range.first()) + 1;
    }

    /** Replaces a range with the same beginning: a refused message may come again with a lower count. */
    private void insert(SiteId site, Range range) throws SQLException {
        statements.update(
                "INSERT OR REPLACE INTO missing VALUES (?, ?, ?, ?, ?)",
                site.value(),
                range.first(),
                range.last(),
                range.noticed(),
                range.isReported() ? 1 : 0);
        lowest.remove(site);
    }

    /** The count up to which nothing is missing, {@code highest} at most. Asks the table only when it changed. */
    public long completeUpTo(SiteId site, long highest) throws SQLException {
        Long first = lowest.get(site);
        if (first == null) {
            first = statements.first(
                    "SELECT coalesce(min(first_seq), " + Long.MAX_VALUE + ") FROM missing WHERE site_id = ?",
                    row -> row.getLong(1),
                    site.value());
            lowest.put(site, first);
        }
        return Math.min(highest, first - 1);
    }

    /** The last changes may have been rolled back. */
    public void forget() {
        lowest.clear();
    }

    /** The gaps that were noticed by then, by site and count. */
    public List<Gap> noticed(Instant before) throws SQLException {
        return gaps("noticed_time <= ?", before);
    }

    /** As {@link #noticed}, those alone that this did not give before. */
    public List<Gap> newlyNoticed(Instant before) throws SQLException {
        List<Gap> gaps = new ArrayList<>(gaps("is_reported = 0 AND noticed_time <= ?", before));
        if (!gaps.isEmpty()) {
            statements.update("UPDATE missing SET is_reported = 1 WHERE noticed_time <= ?", before.toEpochMilli());
        }
        return gaps;
    }

    private List<Gap> gaps(String which, Instant before) throws SQLException {
        return statements.all(
                "SELECT site_id, first_seq, last_seq FROM missing WHERE " + which + " ORDER BY site_id, first_seq",
                row -> new Gap(SiteId.of(row.getString(1)), row.getLong(2), row.getLong(3)),
                before.toEpochMilli());
    }
}
