package io.saddlebag.stomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.site.Setting;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostNameTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "my_hq, my_hq",
                "hq.example.org., hq.example.org.",
                "HQ, HQ",
                "_hq._tcp.example, _hq._tcp.example",
                "3com.example, 3com.example",
                "\"  hq.example.org\t\", hq.example.org",
                "bücher.example, xn--bcher-kva.example",
                "192.0.2.7, 192.0.2.7",
                "::1, ::1",
                "[::1], ::1",
                "\" [2001:db8::7] \", 2001:db8::7",
                "::ffff:192.0.2.7, ::ffff:192.0.2.7",
                "fe80::1%eth0, fe80::1%eth0"
            })
    void takesEveryFormThatPeopleWrite(String text, String host) {
        assertThat(HostName.of(text).value()).isEqualTo(host);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", " ", ".", "a..b", "-hq", "hq-", "my hq", "hq:61617", "https://hq.example.org", "hq/1", "user@hq",
                "256.1.1.1", "127.1", "1", "[hq]", "[::1", "::1]", "[[::1]]", "[192.0.2.7]", "[::1]:61617", "12345::1",
                        "hq\u0000"
            })
    void refusesWhatIsNoHostAndSaysWhatItExpected(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostName.of(text))
                .withMessageContaining("expected a host name such as")
                .withMessageContaining("found '");
    }

    @Test
    void putsAnAddressWithColonsInBracketsBeforeAPort() {
        assertThat(HostName.of("::1").withPort(7)).isEqualTo("[::1]:7");
        assertThat(HostName.of("my_hq").withPort(7)).isEqualTo("my_hq:7");
    }

    @Test
    void aSettingIsJudgedWhereItIsReadAndByItsName() throws Exception {
        List<Setting> known = List.of(Setting.required("hq.host", Setting.Kind.HOST, "Where headquarters listens."));
        Files.writeString(folder.resolve("application.properties"), "hq.host = [::1] \n");
        assertThat(Settings.load(new SiteHome(folder), known, Map.of()).host("hq.host"))
                .isEqualTo(new HostName("::1"));
        assertThatThrownBy(() -> Settings.load(new SiteHome(folder), known, Map.of("hq.host", "hq:61617")))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining("command line: expected for hq.host a host name such as")
                .hasMessageContaining("found 'hq:61617'");
    }
}
