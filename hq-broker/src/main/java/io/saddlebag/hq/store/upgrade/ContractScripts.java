package io.saddlebag.hq.store.upgrade;

import io.saddlebag.hq.store.StoreException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.flywaydb.core.api.MigrationVersion;

/**
 * The rule by which nodes of two versions share a database. A script adds only, and every version from 1.1.0 on works with
 * what a later script added. A script that takes something away has a name such as {@code V9__drop_x_needs_1_2_0.sql}: it
 * says the oldest version that does without.
 */
public final class ContractScripts {
    private static final Pattern NAME = Pattern.compile(".*_needs_(\\d+_\\d+_\\d+)\\.sql");
    /** A node beats every 2 s; one that has not for so long runs no more. */
    private static final String RUNNING = "SELECT name, version FROM hq_node"
            + " WHERE ended_time IS NULL AND beat_time > now() - interval '1 minute' ORDER BY name";

    private ContractScripts() {}

    /**
     * @param applied the scripts that were run in the database
     * @param version of this program; null when it is unknown, as in a build under test: it counts as the newest
     * @throws StoreException when one of them needs a later version
     */
    public static void requireUsable(Collection<String> applied, String version) throws StoreException {
        for (String script : applied) {
            Optional<MigrationVersion> needed = needed(script);
            if (needed.isPresent() && isOlder(version, needed.get())) {
                throw new StoreException(
                        "Expected a database that Saddlebag " + version + " can use, found the script " + script
                                + " in it, which needs Saddlebag " + needed.get() + " or later. Install that",
                        null);
            }
        }
    }

    /**
     * @param pending the scripts that are to be run now
     * @throws StoreException when a node runs that is older than one of them allows
     */
    public static void requireNoOlderNode(Collection<String> pending, DataSource database) throws StoreException {
        for (String script : pending) {
            Optional<MigrationVersion> needed = needed(script);
            if (needed.isPresent()) {
                requireNoOlderNode(script, needed.get(), database);
            }
        }
    }

    private static void requireNoOlderNode(String script, MigrationVersion needed, DataSource database)
            throws StoreException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            if (!hasNodes(statement)) {
                return;
            }
            try (ResultSet row = statement.executeQuery(RUNNING)) {
                while (row.next()) {
                    if (isOlder(row.getString(2), needed)) {
                        throw new StoreException(
                                "Expected each running node to have Saddlebag " + needed
                                        + " or later before the script "
                                        + script + " is run, found " + row.getString(1) + " with " + row.getString(2)
                                        + ". Upgrade that node first",
                                null);
                    }
                }
            }
        } catch (SQLException e) {
            throw new StoreException("cannot read which nodes run: " + e.getMessage(), e);
        }
    }

    private static boolean hasNodes(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT to_regclass('hq_node') IS NOT NULL")) {
            return row.next() && row.getBoolean(1);
        }
    }

    private static Optional<MigrationVersion> needed(String script) {
        Matcher name = NAME.matcher(script);
        return name.matches() ? Optional.of(MigrationVersion.fromVersion(name.group(1))) : Optional.empty();
    }

    /** A build on the way to a version counts as that version, one without a version as the newest. */
    private static boolean isOlder(String version, MigrationVersion needed) {
        return version != null
                && version.matches("[0-9].*")
                && !MigrationVersion.fromVersion(version.replaceFirst("[-+ ].*", ""))
                        .isAtLeast(needed.getVersion());
    }
}
