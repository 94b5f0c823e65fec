package io.saddlebag.stomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.message.Refusal;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeartBeatTest {
    @Test
    void takesTheSlowerOfWhatOneSendsAndTheOtherWants() {
        HeartBeat client = HeartBeat.parse("1000,20000");
        HeartBeat server = HeartBeat.every(Duration.ofSeconds(10));
        assertThat(server.sendInterval(client)).isEqualTo(20_000);
        assertThat(server.receiveInterval(client)).isEqualTo(10_000);
        assertThat(client.receiveInterval(server)).isEqualTo(20_000);
    }

    @Test
    void neverBeatsWhenEitherEndDoesNot() {
        HeartBeat server = HeartBeat.every(Duration.ofSeconds(10));
        assertThat(server.sendInterval(HeartBeat.parse(null))).isZero();
        assertThat(server.receiveInterval(HeartBeat.parse("0,5"))).isZero();
        assertThat(HeartBeat.every(Duration.ZERO).sendInterval(server)).isZero();
    }

    @Test
    void saysWhatItMeans() {
        assertThat(HeartBeat.every(Duration.ofSeconds(10)).header()).isEqualTo("10000,10000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "1,", ",1", "-1,0", "+1,0", "a,b", "1,2,3", "99999999999999999999,0"})
    void refusesWhatIsNoPairOfNumbers(String header) {
        assertThatThrownBy(() -> HeartBeat.parse(header))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("heart-beat:SENDS,WANTS");
    }
}
