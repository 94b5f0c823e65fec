package io.saddlebag.rc.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.message.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class DeliveryWindowTest {
    private final DeliveryWindow window = new DeliveryWindow(1, 2);
    private final List<CompletableFuture<String>> sent = new ArrayList<>();

    @Test
    void takesAsManyUnsettledAsItGaveCreditFor() {
        window.receive("a", true);
        window.receive("b", false);
        window.receive("b", true);

        assertThatThrownBy(() -> window.receive("c", true))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("expected at most 2 unsettled deliveries, as this site allowed, found one more");
    }

    @Test
    void givesTheCreditBackWithTheSettlement() {
        window.receive("a", true);
        window.receive("b", true);

        settle("a");

        window.receive("c", true);
        assertThatThrownBy(() -> window.receive("d", true)).isInstanceOf(Refusal.class);
    }

    @Test
    void takesThePartsThatFollowASettlementButNoDeliveryTwice() {
        window.receive("a", false);
        settle("a");
        window.receive("a", false);
        window.receive("a", true);
        window.receive("b", true);

        assertThatThrownBy(() -> window.receive("b", true))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("expected each delivery once, found another frame of b after its last part");
    }

    @Test
    void countsDeliveriesThatWereSettledAndStillLackParts() {
        for (int number = 0; number < 3; number++) {
            window.receive("a" + number, false);
            settle("a" + number);
        }

        assertThatThrownBy(() -> window.receive("b", false)).isInstanceOf(Refusal.class);
    }

    @Test
    void refusesATokenThatIsMissingOrLong() {
        for (String token : new String[] {null, "", "t".repeat(256)}) {
            assertThatThrownBy(() -> window.receive(token, true))
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining("a header ack of 1 to 255 characters");
        }
        window.receive("t".repeat(255), true);
    }

    @Test
    void sendsNoMoreThanABoundedNumberOfSettlementsWithoutAnswers() {
        int most = DeliveryWindow.MOST_UNANSWERED;
        for (int number = 0; number < most + 2; number++) {
            window.receive("t" + number, true);
            settle("t" + number);
        }
        assertThat(sent).hasSize(most);
        // The credit of those that wait is not given back.
        assertThatThrownBy(() -> window.receive("more", true)).isInstanceOf(Refusal.class);

        sent.get(0).complete("receipt");
        assertThat(sent).hasSize(most + 1);
        sent.get(1).completeExceptionally(new IllegalStateException("as the test says"));
        assertThat(sent).hasSize(most + 2);
        window.receive("more", true);
    }

    @Test
    void handsOnTheAnswer() {
        window.receive("a", true);
        CompletableFuture<String> good = settle("a");
        CompletableFuture<String> bad = settle("a");

        sent.get(0).complete("receipt");
        sent.get(1).completeExceptionally(new IllegalStateException("as the test says"));

        assertThat(good).isCompletedWithValue("receipt");
        assertThat(bad).isCompletedExceptionally();
    }

    private CompletableFuture<String> settle(String token) {
        return window.settle(token, () -> {
            CompletableFuture<String> answer = new CompletableFuture<>();
            sent.add(answer);
            return answer;
        });
    }
}
