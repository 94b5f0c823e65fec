package io.saddlebag.hq.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostgresConfigurationTest {
    @ParameterizedTest
    @CsvSource({
        "4.18.0-553.el8_10.x86_64, fsync",
        "5.4.0-216-generic, fsync",
        "5.8.0, syncfs",
        "5.10.0-32-amd64, syncfs",
        "6.18.44, syncfs",
        "10.0, syncfs",
        "unknown, fsync"
    })
    void syncsTheWholeFileSystemAtOnceWhereTheKernelTellsOfItsFaults(String kernel, String method) {
        assertThat(PostgresConfiguration.of(5432, kernel))
                .contains("recovery_init_sync_method = '" + method + "'")
                .contains("port = 5432");
    }
}
