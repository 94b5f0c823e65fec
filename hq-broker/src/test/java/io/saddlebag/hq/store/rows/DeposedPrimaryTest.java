package io.saddlebag.hq.store.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.throwable;

import com.zaxxer.hikari.HikariDataSource;
import io.saddlebag.hq.postgres.DatabaseAddress;
import io.saddlebag.hq.postgres.PostgresPair;
import io.saddlebag.hq.store.Home;
import io.saddlebag.hq.store.MessageStore.StoredPublication;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.PayloadStore.PayloadsAwayException;
import io.saddlebag.hq.store.Samples;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.sql.ChainStore;
import io.saddlebag.hq.store.sql.LogStore;
import io.saddlebag.hq.store.sql.OutcomeStore;
import io.saddlebag.hq.store.sql.PostgresMessageStore;
import io.saddlebag.hq.store.sql.StoreSchema;
import io.saddlebag.message.MessageId;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections to a primary that was frozen, deposed, and continues: it answers questions from what it had. */
class DeposedPrimaryTest {
    private static final byte[] MANIFEST = {1, 2, 3};
    private static final MessageId FIRST = Samples.id(1);
    private static final MessageId LATER = Samples.id(2);
    private static final MessageId NEVER = Samples.id(3);

    @TempDir
    Path folder;

    @Test
    void leadsToNothingThatLasts() throws Exception {
        try (PostgresPair pair = PostgresPair.start(folder, Path.of("target", "postgres-binaries"));
                HikariDataSource former = pool(pair)) {
            StoreSchema.migrate(former);
            PayloadRef small = publish(former, 1, 10);
            pair.freezePrimary();
            pair.promote(false);
            pair.thawStandby();
            try (HikariDataSource primary = pool(pair);
                    PostgresPayloadStore there = new PostgresPayloadStore(primary);
                    PostgresPayloadStore here = new PostgresPayloadStore(former)) {
                PayloadRef later = publish(primary, 2, 20);

                assertThat(read(here, small)).isEqualTo(read(there, small));
                assertThatThrownBy(() -> read(here, later)).isInstanceOf(PayloadsAwayException.class);
                assertThatThrownBy(() -> here.manifest(later)).isInstanceOf(PayloadsAwayException.class);
                assertThatThrownBy(() -> here.part(later, 1, true)).isInstanceOf(PayloadsAwayException.class);
                assertThat(read(there, later)).hasSize(20);

                OutcomeStore outcomes = new OutcomeStore(former, true);
                assertThat(outcomes.known(Samples.FL_LAB, Set.of(FIRST))).containsExactly(FIRST);
                assertAway(() -> outcomes.known(Samples.FL_LAB, Set.of(FIRST, LATER)));
                assertAway(() -> new ChainStore(former, true).last(Samples.FL_LAB, List.of(FIRST, LATER)));
                Home home = new Home(1, before -> before + 1);
                assertAway(() -> new PostgresMessageStore(former, here, home).find(Samples.FL_LAB, LATER));
                assertAway(() ->
                        new PostgresMessageStore(former, here, home).settle(List.of(Samples.deadLettered(2, "CA-RC"))));
                assertAway(() -> new LogStore(former, () -> 1).read(LogStore.View::state));

                OutcomeStore now = new OutcomeStore(primary, true);
                assertThat(now.known(Samples.FL_LAB, Set.of(FIRST, LATER, NEVER)))
                        .containsOnly(FIRST, LATER);
                assertThat(new PostgresMessageStore(primary, there, home).find(Samples.FL_LAB, LATER))
                        .isPresent();
            }
        }
    }

    /** To the one that is the primary now. */
    private static HikariDataSource pool(PostgresPair pair) {
        String url = pair.primaryUrl() + (pair.primaryUrl().contains("?") ? "&" : "?") + "socketTimeout=2";
        return new DatabaseAddress(url, pair.user(), pair.password()).pool(4);
    }

    private static PayloadRef publish(DataSource database, int number, int length) throws Exception {
        try (PostgresPayloadStore payloads = new PostgresPayloadStore(database)) {
            byte[] sealed = new byte[MANIFEST.length + length];
            System.arraycopy(MANIFEST, 0, sealed, 0, MANIFEST.length);
            PayloadRef ref = payloads.put(sealed, MANIFEST.length);
            new PostgresMessageStore(database, payloads)
                    .publish(
                            List.of(new StoredPublication(
                                    number,
                                    Samples.publication(Samples.id(number), MANIFEST, new byte[0], "CA-RC"),
                                    ref)),
                            0);
            return ref;
        }
    }

    private static byte[] read(PostgresPayloadStore payloads, PayloadRef ref) throws Exception {
        ByteBuffer into = ByteBuffer.allocate((int) ref.bodyLength());
        payloads.read(ref, 0, into);
        return into.array();
    }

    private static void assertAway(ThrowingCallable asked) {
        assertThatThrownBy(asked)
                .asInstanceOf(throwable(StoreException.class))
                .extracting(StoreException::isPassing)
                .isEqualTo(true);
    }
}
