package io.saddlebag.cli.backup;

import io.saddlebag.hq.HqDatabase;
import io.saddlebag.hq.store.backup.TableCopy;
import io.saddlebag.message.Printable;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Fills the empty database of a restored headquarters, in one transaction. For one thread. */
final class RestoredTables implements AutoCloseable {
    private static final int LONGEST = 64 << 20;

    private final BackupFacts facts;
    private final HqDatabase database;
    private Connection connection;
    private boolean isClosed;

    private RestoredTables(BackupFacts facts, HqDatabase database) {
        this.facts = facts;
        this.database = database;
    }

    /** @throws SiteStartException when the database has rows, or the back-up's tables are not of this version or an older one */
    static RestoredTables open(SiteHome home, BackupFacts facts) throws SiteStartException, SQLException, IOException {
        if (facts.tables() == null || facts.schema() == null) {
            throw new IOException("expected the back-up of a headquarters, found tables in one of another site");
        }
        RestoredTables tables = new RestoredTables(
                facts, HqDatabase.openToFill(home, facts.schema().size()));
        try {
            tables.begin();
            return tables;
        } catch (SiteStartException | SQLException | RuntimeException e) {
            tables.close();
            throw e;
        }
    }

    private void begin() throws SQLException, SiteStartException {
        connection = database.dataSource().getConnection();
        connection.setAutoCommit(false);
        List<String> own = TableCopy.schema(connection);
        if (!own.equals(facts.schema())) {
            throw new SiteStartException("expected a back-up with the tables of this version or an older one, " + own
                    + ", found " + Printable.of(String.valueOf(facts.schema()))
                    + ". Restore it with the version that wrote it, " + Printable.of(facts.version())
                    + ", into a database without tables");
        }
    }

    /** @param name the table and the number of the chunk */
    void add(String name, InputStream gzip) throws IOException, SQLException {
        String table = name.substring(0, Math.max(0, name.indexOf('/')));
        List<String> columns = facts.tables().get(table);
        if (columns == null) {
            throw new IOException("expected rows of a table that the back-up names, found " + Printable.of(name));
        }
        TableCopy.write(connection, table, columns, gzip.readNBytes(LONGEST));
    }

    void finish() throws SQLException, SiteStartException {
        TableCopy.continueNumbers(connection);
        connection.commit();
        connection.close();
        database.upgrade();
        close();
    }

    @Override
    public void close() throws SiteStartException {
        if (isClosed) {
            return;
        }
        isClosed = true;
        try {
            if (connection != null && !connection.isClosed()) {
                connection.rollback();
                connection.close();
            }
        } catch (SQLException e) {
            throw new SiteStartException("The database did not end its transaction: " + e.getMessage(), e);
        } finally {
            database.close();
        }
    }
}
