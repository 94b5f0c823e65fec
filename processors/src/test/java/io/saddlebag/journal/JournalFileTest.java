package io.saddlebag.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JournalFileTest {
    private static final List<String> FIRST = List.of("CREATE TABLE one (a TEXT)", "INSERT INTO one VALUES ('kept')");

    @TempDir
    private Path folder;

    @Test
    void syncsEveryCommit() throws Exception {
        try (Connection connection = JournalFile.open(file(), 1, FIRST)) {
            assertThat(single(connection, "PRAGMA journal_mode")).isEqualTo("wal");
            assertThat(single(connection, "PRAGMA synchronous")).isEqualTo("2");
            assertThat(connection.getAutoCommit()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a?b", "a?mode=memory", "%41", "#", "a b+c,d", "ü", "back\\slash", ":memory:", "{{x}}"})
    void keepsItsDatabaseInAFolderWithThisName(String name) throws Exception {
        Path odd = Files.createDirectory(folder.resolve(name)).resolve("one.db");

        JournalFile.open(odd, 1, FIRST).close();

        assertThat(odd).isRegularFile();
        try (Connection reader = JournalFile.reader(odd)) {
            assertThat(single(reader, "SELECT a FROM one")).isEqualTo("kept");
        }
        try (JournalReader audited = JournalReader.open(odd)) {
            List<String> columns = new ArrayList<>();
            audited.forEach("SELECT name FROM pragma_table_info(?)", row -> columns.add(row.getString(1)), "one");
            assertThat(columns).containsExactly("a");
        }
        try (Stream<Path> entries = Files.list(folder)) {
            assertThat(entries).hasSize(1);
        }
    }

    @Test
    void opensTheVersionThatItMadeAndRefusesAnyOther() throws Exception {
        JournalFile.open(file(), 8, FIRST).close();
        try (Connection connection = JournalFile.open(file(), 8, FIRST)) {
            assertThat(single(connection, "SELECT a FROM one")).isEqualTo("kept");
        }

        assertThatThrownBy(() -> JournalFile.open(file(), 7, FIRST))
                .isInstanceOf(SQLException.class)
                .hasMessageContainingAll("expected version 7 of the journal, found version 8", "or a later one");
        assertThatThrownBy(() -> JournalFile.open(file(), 9, FIRST))
                .isInstanceOf(SQLException.class)
                .hasMessageContainingAll(
                        "expected version 9 of the journal, found version 8", "no journal of an earlier");
    }

    @Test
    void makesAllTablesOrNone() throws Exception {
        List<String> broken = List.of("CREATE TABLE one (a TEXT)", "no statement at all");
        assertThatThrownBy(() -> JournalFile.open(file(), 1, broken)).isInstanceOf(SQLException.class);

        try (Connection connection = JournalFile.open(file(), 1, FIRST)) {
            assertThat(single(connection, "SELECT a FROM one")).isEqualTo("kept");
        }
    }

    @Test
    void refusesAFileThatIsNoDatabase() throws Exception {
        Files.writeString(file(), "not a database, but long enough to be taken for one by its length ".repeat(20));

        assertThatThrownBy(() -> JournalFile.open(file(), 1, FIRST)).isInstanceOf(SQLException.class);
    }

    private Path file() {
        return folder.resolve("site.db");
    }

    private static String single(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }
}
