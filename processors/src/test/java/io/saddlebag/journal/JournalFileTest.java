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
        try (Connection connection = JournalFile.open(file(), 1, List.of(FIRST))) {
            assertThat(single(connection, "PRAGMA journal_mode")).isEqualTo("wal");
            assertThat(single(connection, "PRAGMA synchronous")).isEqualTo("2");
            assertThat(connection.getAutoCommit()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a?b", "a?mode=memory", "%41", "#", "a b+c,d", "ü", "back\\slash", ":memory:", "{{x}}"})
    void keepsItsDatabaseInAFolderWithThisName(String name) throws Exception {
        Path odd = Files.createDirectory(folder.resolve(name)).resolve("one.db");

        JournalFile.open(odd, 1, List.of(FIRST)).close();

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
    void opensTheVersionsOfItsScriptsAndRefusesAnyOther() throws Exception {
        JournalFile.open(file(), 8, List.of(FIRST)).close();
        try (Connection connection = JournalFile.open(file(), 8, List.of(FIRST))) {
            assertThat(single(connection, "SELECT a FROM one")).isEqualTo("kept");
        }

        assertThatThrownBy(() -> JournalFile.open(file(), 7, List.of(FIRST)))
                .isInstanceOf(SQLException.class)
                .hasMessageContainingAll(
                        "expected version 7 of the journal, found version 8", "or a later one", "restore a back-up");
        assertThatThrownBy(() -> JournalFile.open(file(), 9, List.of(FIRST)))
                .isInstanceOf(SQLException.class)
                .hasMessageContainingAll(
                        "expected version 9 of the journal or a later one, found version 8", "from before 1.0.0");
    }

    @Test
    void takesOverAnEarlierVersionByTheScriptsThatItLacks() throws Exception {
        List<String> second = List.of("ALTER TABLE one ADD COLUMN b TEXT", "UPDATE one SET b = a || '!'");
        List<String> third = List.of("UPDATE one SET b = b || '?'");
        JournalFile.open(file(), 8, List.of(FIRST)).close();
        JournalFile.open(file(), 8, List.of(FIRST, second)).close();

        try (Connection connection = JournalFile.open(file(), 8, List.of(FIRST, second, third))) {
            assertThat(single(connection, "SELECT a || b FROM one")).isEqualTo("keptkept!?");
            assertThat(single(connection, "PRAGMA user_version")).isEqualTo("10");
        }
        Path made = folder.resolve("new.db");
        try (Connection connection = JournalFile.open(made, 8, List.of(FIRST, second, third))) {
            assertThat(single(connection, "SELECT a || b FROM one")).isEqualTo("keptkept!?");
        }
        assertThatThrownBy(() -> JournalFile.open(file(), 8, List.of(FIRST, second)))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("expected version 9 of the journal, found version 10");
    }

    @Test
    void leavesAnEarlierVersionAsItIsWhenAScriptFails() throws Exception {
        List<String> second = List.of("ALTER TABLE one ADD COLUMN b TEXT");
        JournalFile.open(file(), 8, List.of(FIRST)).close();

        assertThatThrownBy(() -> JournalFile.open(file(), 8, List.of(FIRST, second, List.of("no statement"))))
                .isInstanceOf(SQLException.class);

        try (Connection connection = JournalFile.open(file(), 8, List.of(FIRST))) {
            assertThat(single(connection, "SELECT count(*) FROM pragma_table_info('one')"))
                    .isEqualTo("1");
        }
    }

    @Test
    void makesAllTablesOrNone() throws Exception {
        List<String> broken = List.of("CREATE TABLE one (a TEXT)", "no statement at all");
        assertThatThrownBy(() -> JournalFile.open(file(), 1, List.of(broken))).isInstanceOf(SQLException.class);

        try (Connection connection = JournalFile.open(file(), 1, List.of(FIRST))) {
            assertThat(single(connection, "SELECT a FROM one")).isEqualTo("kept");
        }
    }

    @Test
    void refusesAFileThatIsNoDatabase() throws Exception {
        Files.writeString(file(), "not a database, but long enough to be taken for one by its length ".repeat(20));

        assertThatThrownBy(() -> JournalFile.open(file(), 1, List.of(FIRST))).isInstanceOf(SQLException.class);
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
