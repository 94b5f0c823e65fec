package io.saddlebag.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
    private static final List<Setting> KNOWN = List.of(
            Setting.required("site.id", Setting.Kind.SITE_ID, "This site."),
            Setting.optional("hq.port", Setting.Kind.PORT, "6161", "Where HQ listens."),
            Setting.optional("folder.settle-time", Setting.Kind.DURATION, "2s", "How long a file must be still."),
            Setting.optional("frame.limit", Setting.Kind.BYTES, "2MiB", "The largest frame."),
            Setting.optional("store.folder", Setting.Kind.PATH, "spool", "Where payloads lie."),
            Setting.required("recipient.*", Setting.Kind.TEXT, "Routing key of a centre."),
            Setting.optional("recipient.*.colour", Setting.Kind.TEXT, "blue", "Colour of a centre."));

    @TempDir
    private Path folder;

    @Test
    void readsEveryKindAndDefaults() throws Exception {
        Settings settings = load("""
                site.id=FL-LAB
                folder.settle-time=250ms
                recipient.CA-RC=ca_rc
                recipient.SF-RC=sf_rc
                recipient.SF-RC.colour=red
                """);

        assertThat(settings.siteId("site.id")).isEqualTo(SiteId.of("FL-LAB"));
        assertThat(settings.port("hq.port")).isEqualTo(6161);
        assertThat(settings.duration("folder.settle-time")).isEqualTo(Duration.ofMillis(250));
        assertThat(settings.bytes("frame.limit")).isEqualTo(2L << 20);
        assertThat(settings.path("store.folder")).isEqualTo(folder.resolve("spool"));
        assertThat(settings.family("recipient.*"))
                .containsExactly(Map.entry("CA-RC", "ca_rc"), Map.entry("SF-RC", "sf_rc"));
        assertThat(settings.family("recipient.*.colour")).containsExactly(Map.entry("SF-RC", "red"));
        assertThat(settings.forPlaceholders())
                .containsEntry("hq.port", "6161")
                .containsEntry("recipient.CA-RC", "ca_rc");
    }

    @Test
    void callsARequiredSettingThatIsWrongWrongAndNotMissing() throws Exception {
        write("site.id=fl-lab\nrecipient.CA-RC=ca_rc\n");

        assertThatThrownBy(() -> Settings.load(new SiteHome(folder), KNOWN, Map.of()))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining(":1: expected for site.id a site id")
                .hasMessageNotContaining("found nothing");
        assertThatThrownBy(() -> Settings.load(new SiteHome(folder), KNOWN, Map.of("site.id", "fl-lab")))
                .hasMessageContaining("command line: expected for site.id")
                .hasMessageNotContaining("found nothing");
    }

    @Test
    void refusesANameThatTwoLinesSetAndNamesBoth() throws Exception {
        write("site.id=FL-LAB\nhq.port=6161\nrecipient.CA-RC=ca_rc\nhq.port = 99999\n");

        assertThatThrownBy(() -> Settings.load(new SiteHome(folder), KNOWN, Map.of()))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining("application.properties:4: expected for hq.port")
                .hasMessageContaining("found '99999'")
                .hasMessageContaining("application.properties:4: expected hq.port once, found it at line 2 too")
                .hasMessageNotContaining(":2:");
    }

    /** As the JDK reads the file: an escaped name, a line that continues, and comments that look like settings. */
    @Test
    void findsTheLinesOfAName() throws Exception {
        SettingLines lines = SettingLines.of(
                "# hq.port=1 \\\nhq.port=2\n!hq.port=3\nsite.id=FL-\\\n  hq.port\n" + "hq\\u002eport : 4\n\nhq.port\n");

        assertThat(lines.repeated()).containsExactly(Map.entry("hq.port", List.of(2, 6, 8)));
        assertThat(lines.last("hq.port")).isEqualTo(8);
        assertThat(lines.last("site.id")).isEqualTo(4);
        assertThat(lines.last("hq.host")).isZero();
    }

    @Test
    void namesFileAndSettingOfAValueThatItsReaderRefuses() throws Exception {
        Settings settings = load("site.id=FL-LAB\nrecipient.CA-RC=ca_rc\n");

        assertThat(settings.<Integer>read("site.id", String::length)).isEqualTo(6);
        assertThatThrownBy(() -> settings.read("site.id", Integer::valueOf))
                .isInstanceOf(SiteStartException.class)
                .hasMessageStartingWith(folder.resolve("application.properties") + ": site.id: ")
                .hasMessageEndingWith(". Correct it");
    }

    @Test
    void letsTheCommandLineOverride() throws Exception {
        write("site.id=FL-LAB\nhq.port=1\n");

        assertThat(Settings.load(new SiteHome(folder), KNOWN, Map.of("hq.port", "7000"))
                        .port("hq.port"))
                .isEqualTo(7000);
    }

    @Test
    void tellsEveryFaultWithFileAndLine() {
        assertThatThrownBy(() -> load("# ours\nsite.id=fl lab\nhq.prot=6161\nhq.port=70000\n"))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining(file() + ":2: expected for site.id a site id such as FL-LAB, found 'fl lab'")
                .hasMessageContaining(file() + ":3: expected one of")
                .hasMessageContaining("found hq.prot")
                .hasMessageContaining(file() + ":4: expected for hq.port a port");
    }

    @Test
    void namesTheLineOfTheSettingAndNotOfOneThatBeginsAlike() throws Exception {
        List<Setting> alike = List.of(
                Setting.optional("hq.max-header", Setting.Kind.BYTES, "1KiB", "How large."),
                Setting.optional("hq.max-headers", Setting.Kind.COUNT, "1", "How many."));
        write("hq.max-headers=64\nhq.max-header : wide\n");

        assertThatThrownBy(() -> Settings.load(new SiteHome(folder), alike, Map.of()))
                .hasMessageContaining(file() + ":2: expected for hq.max-header a size");

        write("hq.max-header=1KiB\nhq.max-headers=64\n  hq.max-header=tall\n");
        assertThatThrownBy(() -> Settings.load(new SiteHome(folder), alike, Map.of()))
                .hasMessageContaining(file() + ":3: expected for hq.max-header a size");
    }

    @Test
    void namesTheBoundOfAValueThatCannotWork() throws Exception {
        List<Setting> bounded = List.of(
                Setting.optional("a.count", Setting.Kind.COUNT, "1", "How many.")
                        .atLeast("1"),
                Setting.optional("a.size", Setting.Kind.BYTES, "1KiB", "How large.")
                        .atMost("1MiB"),
                Setting.optional("a.time", Setting.Kind.DURATION, "1s", "How long.")
                        .atLeast("1ms"));
        write("a.count=0\na.size=1025KiB\na.time=100001d\n");

        assertThatThrownBy(() -> Settings.load(new SiteHome(folder), bounded, Map.of()))
                .hasMessageContaining(":1: expected for a.count a whole number of 0 or more, at least 1, found '0'")
                .hasMessageContaining(":2: expected for a.size a size such as")
                .hasMessageContaining("at most 1MiB, found '1025KiB'")
                .hasMessageContaining(":3: expected for a.time a time such as");
        write("a.count=1\na.size=1MiB\na.time=1ms\n");
        assertThat(Settings.load(new SiteHome(folder), bounded, Map.of()).count("a.count"))
                .isEqualTo(1);
    }

    @Test
    void passesOverAByteOrderMarkAndNamesAnotherEncoding() throws Exception {
        assertThat(load("\uFEFFsite.id=FL-LAB\n").siteId("site.id")).isEqualTo(SiteId.of("FL-LAB"));
        Files.write(file(), "site.id=FL-LAB\nstore.folder=Zürich\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> Settings.load(new SiteHome(folder), KNOWN, Map.of()))
                .isInstanceOf(SiteStartException.class)
                .hasMessage(
                        file() + ":2: expected UTF-8, found the byte 0xFC, which is 'ü' in Latin-1, at byte 15 of the"
                                + " line. Save the file as UTF-8");
    }

    @Test
    void namesABackslashThatIsReadAsAnEscape() {
        assertThatThrownBy(() -> load("site.id=FL-LAB\nstore.folder=C:\\users\n"))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining("after each \\u")
                .hasMessageNotContaining("init site");
    }

    @Test
    void namesAMissingSetting() {
        assertThatThrownBy(() -> load("hq.port=1\n"))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining("expected site.id")
                .hasMessageContaining("Add the line site.id=");
    }

    @Test
    void namesTheCommandThatMakesAHomeWhenThereIsNone() {
        assertThatThrownBy(() -> Settings.load(new SiteHome(folder), KNOWN, Map.of()))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining("saddlebag init site");
    }

    private Settings load(String text) throws Exception {
        write(text);
        return Settings.load(new SiteHome(folder), KNOWN, Map.of());
    }

    private void write(String text) throws IOException {
        Files.writeString(file(), text);
    }

    private Path file() {
        return folder.resolve("application.properties");
    }
}
