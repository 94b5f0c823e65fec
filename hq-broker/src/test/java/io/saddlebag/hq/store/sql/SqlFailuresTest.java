package io.saddlebag.hq.store.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.hq.store.StoreException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlFailuresTest {
    @ParameterizedTest
    @ValueSource(strings = {"XX001", "XX002"})
    void saysThatADamagedDatabaseNeedsItsBackUp(String state) {
        StoreException failure = SqlFailures.asStoreException(
                "read the dead letters", new SQLException("ERROR: invalid page in block 0", state));

        assertThat(failure)
                .hasMessageContainingAll("read the dead letters", "invalid page", "is damaged", "back-up", "spool");
        assertThat(failure.isPassing()).isFalse();
    }

    @Test
    void aFullDiskIsSaidAndPasses() {
        StoreException failure = SqlFailures.asStoreException(
                "publish", new SQLException("ERROR: could not extend file: No space left on device", "53100"));

        assertThat(failure).hasMessageContainingAll("could not publish", "disk is full", "make room");
        assertThat(failure.isPassing()).isTrue();
    }

    @Test
    void doesNotSayItOfOtherFailures() {
        assertThat(SqlFailures.asStoreException("read", new SQLException("gone", "08006")))
                .hasMessage("The database could not read: gone");
        assertThat(SqlFailures.asStoreException("read", new SQLException("odd", (String) null)))
                .hasMessage("The database could not read: odd");
    }
}
