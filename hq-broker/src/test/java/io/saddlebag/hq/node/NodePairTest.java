package io.saddlebag.hq.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.saddlebag.hq.postgres.DatabaseAddress;
import io.saddlebag.hq.postgres.PostgresPair;
import io.saddlebag.hq.store.sql.StoreSchema;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodePairTest {
    @TempDir
    Path folder;

    private final List<String> heard = new CopyOnWriteArrayList<>();

    private final NodeLease.Listener listener = new HeardOfLease(heard);

    @Test
    void asksNothingOfAPrimaryThatWasDeposedWhileItHung() throws Exception {
        try (PostgresPair pair = PostgresPair.start(folder, Path.of("target", "postgres-binaries"))) {
            DatabaseAddress former = new DatabaseAddress(pair.primaryUrl(), pair.user(), pair.password());
            DatabaseAddress both = new DatabaseAddress(pair.jdbcUrl(), pair.user(), pair.password());
            try (HikariDataSource tables = both.patientPool(2)) {
                StoreSchema.migrate(tables);
            }
            try (NodeLease lease = NodeLease.open(both::connect, listener)) {
                lease.join(new Node.Facts("n1", "hq-1.example.org:7000", "1.1.0"));
                try (Connection same = former.connect()) {
                    lease.requireSameServer(same);
                }
                pair.freezePrimary();
                pair.promote(false);
                await().atMost(Duration.ofSeconds(60)).until(() -> heard.contains("held again"));
                pair.thawStandby();

                assertThat(heard).containsExactly("lost", "moved", "held again");
                assertThat(lease.isHeld()).isTrue();
                try (Connection deposed = former.connect()) {
                    assertThat(NodeRows.text(deposed, "SELECT pg_is_in_recovery()"))
                            .isEqualTo("f");
                    assertThatThrownBy(() -> lease.requireSameServer(deposed)).isInstanceOf(SQLException.class);
                }
                try (HikariDataSource pool = former.pool(2, "saddlebag-hq n1", lease::requireSameServer)) {
                    pool.setConnectionTimeout(1_000);
                    assertThatThrownBy(pool::getConnection).isInstanceOf(SQLException.class);
                }
            }
        }
    }
}
