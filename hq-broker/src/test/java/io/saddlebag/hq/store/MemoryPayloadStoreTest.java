package io.saddlebag.hq.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MemoryPayloadStoreTest extends ReconciledPayloadsContract {
    private final MemoryPayloadStore store = new MemoryPayloadStore(Clock.systemUTC());

    @Override
    public ReconciledPayloads store() {
        return store;
    }

    @Override
    public ReconciledPayloads reopened() {
        store.reopen();
        return store;
    }

    @Test
    void keepsThroughAPowerCutWhatWasSynced() throws IOException {
        PayloadRef kept = Samples.put(store, MANIFEST, bytes(10));
        store.sync();
        PayloadRef doubtful = Samples.put(store, MANIFEST, bytes(20));
        store.failSync();
        store.sync();

        assertThat(store.isDurable(kept)).isTrue();
        assertThat(store.isDurable(doubtful)).isFalse();
        for (int seed = 0; seed < 20; seed++) {
            store.cut(new Random(seed));
        }
        assertThat(readAll(store, kept)).isEqualTo(bytes(10));
        assertThatThrownBy(() -> readAll(store, doubtful)).isInstanceOf(IOException.class);
        assertThat(store.renew(List.of(kept, doubtful))).containsExactly(doubtful);
    }
}
