package io.saddlebag.cli.doctor;

import io.saddlebag.hq.HqDatabase;
import io.saddlebag.hq.postgres.DatabaseAddress;
import io.saddlebag.hq.store.shared.NodeList;
import io.saddlebag.message.Printable;
import io.saddlebag.observe.SiteStatus.Node;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Examines the database that nodes of headquarters share, and which of them are at work. Starts nothing. */
final class DatabaseExam {
    private static final String SUBJECT = "database";
    private static final String STATE = "SELECT current_setting('server_version'), pg_is_in_recovery(),"
            + " current_setting('synchronous_standby_names'), current_setting('synchronous_commit'),"
            + " to_regclass('topology') IS NOT NULL";
    private final SiteHome home;

    DatabaseExam(SiteHome home) {
        this.home = home;
    }

    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        try {
            Optional<DatabaseAddress> address = HqDatabase.running(home);
            if (address.isPresent()) {
                examine(address.get(), findings);
            }
        } catch (SiteStartException e) {
            findings.add(Finding.fail(SUBJECT, Printable.reason(e.getMessage()), ""));
        }
        return findings;
    }

    private static void examine(DatabaseAddress address, List<Finding> findings) {
        try (Connection connection = address.connect();
                Statement statement = connection.createStatement()) {
            boolean hasNodes;
            try (ResultSet row = statement.executeQuery(STATE)) {
                row.next();
                hasNodes = row.getBoolean(5);
                findings.add(state(address, row));
            }
            if (hasNodes) {
                NodeList.read(connection).forEach(node -> findings.add(node(node)));
            }
        } catch (SQLException e) {
            findings.add(Finding.fail(
                    SUBJECT,
                    address + " cannot be reached: " + Printable.reason(e.getMessage()),
                    "See that it runs, and what hq.database.url, hq.database.user and the password's file say"));
        }
    }

    private static Finding state(DatabaseAddress address, ResultSet row) throws SQLException {
        String found = "PostgreSQL " + row.getString(1) + " at " + address;
        String standbys = row.getString(3);
        String commit = row.getString(4);
        if (row.getBoolean(2)) {
            return Finding.fail(
                    SUBJECT, found + ", a standby that takes no writes", "Name all servers in hq.database.url");
        }
        if (standbys.isEmpty() || List.of("off", "local").contains(commit)) {
            return Finding.warn(
                    SUBJECT,
                    found + ", where no commit waits for a standby",
                    "What is confirmed can be lost with that server: set synchronous_standby_names, or have Patroni do it"
                            + " (synchronous_mode)");
        }
        return Finding.ok(SUBJECT, found + "; a commit waits for the standby " + standbys);
    }

    private static Finding node(Node node) {
        String found = node.name() + " at " + node.address() + ", version " + node.version() + ", is " + node.state();
        return node.isReady()
                ? Finding.ok("node", found)
                : Finding.warn("node", found, "See saddlebag nodes; the others have its work meanwhile");
    }
}
