package io.saddlebag.cli.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.saddlebag.stomp.HostName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostAndPortTest {
    @ParameterizedTest
    @CsvSource({
        "hq.example.org, hq.example.org, 0",
        "hq.example.org:6000, hq.example.org, 6000",
        "my_hq:1, my_hq, 1",
        "::1, ::1, 0",
        "[::1], ::1, 0",
        "[::1]:65535, ::1, 65535",
        "2001:db8::7, 2001:db8::7, 0",
        "192.0.2.7:61617, 192.0.2.7, 61617"
    })
    void anOptionMayNameAPortBesideIt(String text, String host, int port) {
        assertThat(HostAndPort.of(text)).isEqualTo(new HostAndPort(new HostName(host), port));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hq:", "hq:0", "hq:65536", "hq:+7", "hq:abc", "[::1]:", "[::1]7", ":6000", "[::1]:7:8", ""})
    void anOptionWithoutAHostOrWithAPortThatIsNoneIsRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostAndPort.of(text))
                .withMessageContaining("expected a ");
    }
}
