package io.saddlebag.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SendWindowTest {
    @Test
    void freesASlotOnlyAfterConfirmDeliveryAndAcknowledgementOfEveryRecipient() throws Exception {
        SendWindow window = new SendWindow(1, 2);
        assertThat(window.acquire()).isTrue();
        window.sent(1, 0);

        window.delivered(1, 0);
        window.acknowledged(1, 0);
        window.confirmed(1);
        window.delivered(1, 1);
        assertThat(window.acquireNow()).isFalse();

        window.acknowledged(1, 1);
        assertThat(window.acquireNow()).isTrue();
    }

    @Test
    void countsNothingTwice() throws Exception {
        SendWindow window = new SendWindow(2, 1);
        window.acquire();
        window.sent(1, 0);

        assertThat(window.confirmed(1)).isTrue();
        assertThat(window.confirmed(1)).isFalse();
        assertThat(window.delivered(1, 0)).isTrue();
        assertThat(window.delivered(1, 0)).isFalse();
        assertThat(window.delivered(2, 0)).isFalse();
    }
}
