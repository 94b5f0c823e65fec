package io.saddlebag.hq.store.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.hq.store.PayloadRef;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenDeliveriesTest {
    private final OpenDeliveries open = new OpenDeliveries(3);
    private final List<PayloadRef> freed = new ArrayList<>();

    @Test
    void freesAPayloadWithTheLastDeliveryAndNotBefore() {
        open.opened(1, 3, payload(1));

        assertThat(open.ended(1, freed)).isTrue();
        assertThat(open.ended(1, freed)).isTrue();
        assertThat(freed).isEmpty();
        assertThat(open.ended(1, freed)).isTrue();
        assertThat(freed).containsExactly(payload(1));
        assertThat(open.knows(1)).isFalse();
    }

    @Test
    void doesNotKnowWhatWasForgottenOrNeverCame() {
        open.opened(1, 1, payload(1));
        open.forget(1);

        assertThat(open.ended(1, freed)).isFalse();
        assertThat(open.ended(2, freed)).isFalse();
        assertThat(freed).isEmpty();
    }

    @Test
    void letsTheOldestGoWhenThereAreTooMany() {
        for (int i = 1; i <= 5; i++) {
            open.opened(i, 1, payload(i));
        }

        assertThat(List.of(1, 2, 3, 4, 5))
                .filteredOn(number -> open.knows(number))
                .containsExactly(3, 4, 5);
    }

    private static PayloadRef payload(int number) {
        return new PayloadRef(1, number * 100L, 10, 20);
    }
}
