package io.saddlebag.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalSealTest {
    private static final int PAGE = 4096;
    private static final List<String> TABLES =
            List.of("CREATE TABLE one (a TEXT)", "INSERT INTO one VALUES ('a receipt')");

    @TempDir
    private Path folder;

    @Test
    void refusesAJournalThatLostABitAfterItWasClosedWhereverItLies() throws Exception {
        close(JournalFile.open(file(), 1, List.of(TABLES)));
        byte[] whole = Files.readAllBytes(file());

        for (int place = 0; place < whole.length; place += 97) {
            byte[] damaged = whole.clone();
            damaged[place] ^= 4;
            Files.write(file(), damaged);
            assertThatThrownBy(() -> JournalFile.open(file(), 1, List.of(TABLES)))
                    .as("byte " + place)
                    .isInstanceOf(JournalFile.DamagedException.class)
                    .hasMessageContainingAll(file().toString(), "other bytes than when it was closed", "back-up");
        }
    }

    @Test
    void opensTheJournalOnceItIsWholeAgain() throws Exception {
        close(JournalFile.open(file(), 1, List.of(TABLES)));
        byte[] whole = Files.readAllBytes(file());
        Files.write(file(), new byte[whole.length]);
        assertThatThrownBy(() -> JournalFile.open(file(), 1, List.of(TABLES)))
                .isInstanceOf(JournalFile.DamagedException.class);

        Files.write(file(), whole);

        assertThatCode(() -> close(JournalFile.open(file(), 1, List.of(TABLES))))
                .doesNotThrowAnyException();
    }

    @Test
    void keepsNoDigestWhileTheJournalIsOpen() throws Exception {
        close(JournalFile.open(file(), 1, List.of(TABLES)));
        assertThat(digest()).content().matches("[0-9a-f]{64} {2}test\\.db\n");

        try (Connection connection = JournalFile.open(file(), 1, List.of(TABLES));
                Statement statement = connection.createStatement()) {
            assertThat(digest()).doesNotExist();
            statement.execute("INSERT INTO one VALUES ('another')");
        }
        assertThat(digest()).as("of one that was not closed in order").doesNotExist();
        assertThatCode(() -> JournalFile.open(file(), 1, List.of(TABLES)).close())
                .doesNotThrowAnyException();
    }

    @Test
    void givesNoDigestToAJournalWhoseLogAnotherProcessKeepsOpen() throws Exception {
        Connection connection = JournalFile.open(file(), 1, List.of(TABLES));
        try (Connection other = JournalFile.reader(file());
                Statement statement = other.createStatement()) {
            statement.executeQuery("SELECT * FROM one").close();
            close(connection);
            assertThat(digest()).doesNotExist();
        }
        assertThatCode(() -> close(JournalFile.open(file(), 1, List.of(TABLES))))
                .doesNotThrowAnyException();
    }

    @Test
    void refusesAJournalWithDamagedPagesThatWasNotClosed() throws Exception {
        JournalFile.open(file(), 1, List.of(TABLES)).close();
        byte[] damaged = Files.readAllBytes(file());
        damaged[PAGE] ^= 1;
        Files.write(file(), damaged);

        assertThatThrownBy(() -> JournalFile.open(file(), 1, List.of(TABLES)))
                .isInstanceOf(JournalFile.DamagedException.class)
                .hasMessageContainingAll(file().toString(), "expected the journal whole", "back-up");
    }

    @Test
    void refusesWhatIsNoJournalAtAll() throws Exception {
        Files.write(file(), new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17});

        assertThatThrownBy(() -> JournalFile.open(file(), 1, List.of(TABLES)))
                .isInstanceOf(JournalFile.DamagedException.class);
    }

    @Test
    void refusesAClosedJournalWhoseDatabaseIsGone() throws Exception {
        close(JournalFile.open(file(), 1, List.of(TABLES)));
        Files.delete(file());

        assertThatThrownBy(() -> JournalFile.open(file(), 1, List.of(TABLES))).isInstanceOf(SQLException.class);
        assertThat(file()).doesNotExist();
    }

    private void close(Connection connection) throws SQLException {
        JournalFile.close(file(), connection);
    }

    private Path file() {
        return folder.resolve("test.db");
    }

    private Path digest() {
        return folder.resolve("test.db.sha256");
    }
}
