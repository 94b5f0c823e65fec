package io.saddlebag.bench.command;

import io.saddlebag.hq.HqDatabase;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** How large the store of a headquarters is at this moment: its tables and indexes in PostgreSQL, its spool. */
final class StoreLook {
    private static final String RELATIONS =
            "SELECT c.relname, pg_table_size(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                    + " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'i') AND c.relname NOT LIKE 'flyway%' ORDER BY 1";

    private static final double MB = 1e6;

    private StoreLook() {}

    /**
     * In MB of 10^6 bytes by name, the spool last.
     *
     * @param home of a headquarters whose spool is where it is by default
     */
    static Map<String, Double> at(SiteHome home) throws SiteStartException, SQLException, IOException {
        try (HqDatabase database = HqDatabase.open(home);
                Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(RELATIONS)) {
            Map<String, Double> sizes = new LinkedHashMap<>();
            while (rows.next()) {
                sizes.put(rows.getString(1), rows.getLong(2) / MB);
            }
            sizes.put("spool", bytesIn(home.resolve("spool")) / MB);
            return sizes;
        }
    }

    private static long bytesIn(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        long bytes = 0;
        for (Path file : files) {
            try {
                bytes += Files.size(file);
            } catch (NoSuchFileException e) {
                // Headquarters deleted it between the listing and the look: it takes nothing.
            }
        }
        return bytes;
    }
}
