package io.saddlebag.hq.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The contract of payload stores that are reconciled at a start. */
public abstract class ReconciledPayloadsContract extends PayloadStoreContract {
    @Override
    public abstract ReconciledPayloads store();

    /** The same store after its process ended and started again, before anything else. */
    public abstract ReconciledPayloads reopened() throws IOException;

    @Override
    public final PayloadStore restarted(PayloadRef... needed) throws IOException {
        ReconciledPayloads again = reopened();
        for (PayloadRef ref : needed) {
            assertThat(again.restore(ref)).isTrue();
        }
        assertThat(again.renew(List.of(needed))).isEmpty();
        again.freeOthers();
        return again;
    }

    @Test
    void refusesToBeToldTooLateWhatCounts() throws IOException {
        PayloadRef renewed = Samples.put(store(), MANIFEST, bytes(10));
        PayloadRef late = Samples.put(store(), MANIFEST, bytes(20));
        store().sync();

        ReconciledPayloads again = reopened();
        again.restore(renewed);
        again.renew(List.of(renewed));
        assertThatThrownBy(() -> again.restore(late)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void knowsWhatIsNotThere() throws IOException {
        assertThat(store().restore(new PayloadRef(99, 0, 10, 10))).isFalse();
        assertThat(store().renew(List.of(new PayloadRef(99, 0, 10, 10)))).hasSize(1);
    }
}
