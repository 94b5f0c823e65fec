package io.saddlebag.console.find;

import io.saddlebag.console.find.FoundPage.Found;
import io.saddlebag.console.read.UnansweredException;
import io.saddlebag.journal.JournalReader;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A statement over a site's journal, put together, with its parameters. */
final class JournalQuery {
    /** Rows that a page looks through. */
    static final int LOOK = 20_000;

    private static final Duration LONGEST = Duration.ofSeconds(1);

    private final StringBuilder base = new StringBuilder("true");
    private final StringBuilder filter = new StringBuilder("true");
    private final List<Object> baseParameters = new ArrayList<>();
    private final List<Object> filterParameters = new ArrayList<>();

    /** Makes a message of a row. */
    @FunctionalInterface
    interface Rows {
        Keyed read(ResultSet row) throws SQLException;
    }

    /** @param key where a page after it begins */
    record Keyed(String key, Found found) {}

    /** A condition that an index serves. */
    JournalQuery where(String condition, Object... parameters) {
        base.append(" AND ").append(condition);
        baseParameters.addAll(List.of(parameters));
        return this;
    }

    /** A condition on the rows that are looked through. */
    JournalQuery filter(String condition, Object... parameters) {
        filter.append(" AND ").append(condition);
        filterParameters.addAll(List.of(parameters));
        return this;
    }

    /**
     * @param order of the index, descending
     * @param key the expression whose value a page after a row begins with
     */
    FoundPage page(Path journal, String table, String order, String key, int size, Rows rows)
            throws UnansweredException {
        List<Object> parameters = new ArrayList<>(baseParameters);
        parameters.addAll(filterParameters);
        String looked = "SELECT *, " + key + " AS page_key FROM " + table + " WHERE " + base + " ORDER BY " + order
                + " LIMIT " + LOOK;
        List<Keyed> found = new ArrayList<>();
        List<String> last = new ArrayList<>();
        try (JournalReader reader = JournalReader.open(journal, LONGEST)) {
            reader.forEach(
                    "SELECT * FROM (" + looked + ") WHERE " + filter + " LIMIT " + (size + 1),
                    row -> found.add(rows.read(row)),
                    parameters.toArray());
            if (found.size() <= size) {
                reader.forEach(
                        "SELECT " + key + " FROM " + table + " WHERE " + base + " ORDER BY " + order
                                + " LIMIT 1 OFFSET " + (LOOK - 1),
                        row -> last.add(row.getString(1)),
                        baseParameters.toArray());
            }
        } catch (NoSuchFileException e) {
            return new FoundPage(List.of(), null, "The site has no journal yet; it was never started.");
        } catch (IOException e) {
            throw new UnansweredException("The journal gave no answer within a second: " + e.getMessage(), e);
        }
        if (found.size() > size) {
            List<Keyed> shown = found.subList(0, size);
            return new FoundPage(
                    shown.stream().map(Keyed::found).toList(),
                    shown.get(size - 1).key(),
                    null);
        }
        return new FoundPage(
                found.stream().map(Keyed::found).toList(),
                last.isEmpty() ? null : last.get(0),
                last.isEmpty() ? null : "Looked through " + LOOK + " messages; older ones are on the next page.");
    }
}
