package io.saddlebag.stomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
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

    @Test
    void aListNamesEachAddressWithItsPort() {
        assertThat(HostAndPort.several("hq1:1, [2001:db8::7]:61617 ,192.0.2.7:3"))
                .isEqualTo(List.of(
                        HostAndPort.of("hq1:1"), HostAndPort.of("[2001:db8::7]:61617"), HostAndPort.of("192.0.2.7:3")))
                .hasToString("[hq1:1, [2001:db8::7]:61617, 192.0.2.7:3]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hq1",
                "hq1:1,",
                "hq1:1,hq1:1",
                "hq1:1,hq2",
                "2001:db8::7",
                "",
                "hq1:1;hq2:2",
                "hq1:1,HQ1:1",
                "[::1]:1,[0:0::1]:1"
            })
    void aListWithAnAddressThatIsNoneOrTwiceIsRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostAndPort.several(text))
                .withMessageContaining("expected a");
    }
}
