package io.saddlebag.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.saddlebag.message.Manifest;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteStartException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which kind of key a laboratory seals for, as the centres' bundles and its settings say. */
class PostQuantumTest extends LabFixture {
    private static final Duration POLL = Duration.ofMillis(20);
    private static final String ID = "FL-LAB_DAT_20251008_001";
    private static final String NAME = ID + ".csv";
    private static final byte[] CONTENT = "a,b\n1,2\n".getBytes(StandardCharsets.UTF_8);

    private String sealedHeader() {
        await().pollInterval(POLL).until(() -> home.sent().contains(NAME));
        return new String(hq.confirmed().get(0).sealed(), StandardCharsets.ISO_8859_1);
    }

    private void send(Map<String, String> settings) throws SiteStartException, IOException {
        hq.listen();
        lab = home.start(hq.port(), settings);
        home.drop(NAME, CONTENT);
    }

    @Test
    void sealsForThePostQuantumKeysOfCentresThatPublishThem() throws Exception {
        caKey = hq.registerPostQuantum("CA-RC", 2);
        hq.registerPostQuantum("SF-RC", 2);
        send(Map.of());

        assertThat(sealedHeader()).contains("-> mlkem768x25519 ").doesNotContain("-> X25519 ");
        ByteArrayOutputStream opened = new ByteArrayOutputStream();
        open(hq.confirmed().get(0), opened);
        assertThat(opened.toByteArray()).isEqualTo(CONTENT);
        Manifest manifest = hq.confirmed().get(0).manifest();
        assertThat(manifest.recipient(SiteId.of("CA-RC")).keyId()).isEqualTo("k1959");
    }

    @Test
    void sealsForTheOtherKeysOfAllWhereOneCentreHasNoPostQuantumKey() throws Exception {
        hq.registerPostQuantum("CA-RC", 2);
        send(Map.of());

        assertThat(sealedHeader()).contains("-> X25519 ").doesNotContain("-> mlkem768x25519 ");
        open(hq.confirmed().get(0), new ByteArrayOutputStream());
    }

    @Test
    void leavesPostQuantumKeysUnusedWhereTheyAreOff() throws Exception {
        hq.registerPostQuantum("CA-RC", 2);
        hq.registerPostQuantum("SF-RC", 2);
        send(Map.of("recipient.SF-RC.post-quantum", "off"));

        assertThat(sealedHeader()).contains("-> X25519 ").doesNotContain("-> mlkem768x25519 ");
    }

    @Test
    void waitsForAKeyThatIsRequiredAndThenSeals() throws Exception {
        hq.registerPostQuantum("CA-RC", 2);
        send(Map.of("recipient.CA-RC.post-quantum", "required", "publish.retry-interval", "50ms"));
        await().pollInterval(POLL).until(() -> home.files("work").equals(List.of(ID)));
        home.drop("FL-LAB_DAT_20251008_002.csv", CONTENT);
        await().pollInterval(POLL).until(() -> home.files("work").equals(List.of(ID, "FL-LAB_DAT_20251008_002")));
        assertThat(hq.sends()).isEmpty();

        hq.registerPostQuantum("SF-RC", 3);
        hq.pushKeys("SF-RC");

        assertThat(sealedHeader()).contains("-> mlkem768x25519 ").doesNotContain("-> X25519 ");
    }

    @Test
    void refusesToStartWithPoliciesThatCannotBeMet() {
        assertRefused(
                Map.of("recipient.CA-RC.post-quantum", "required", "recipient.SF-RC.post-quantum", "off"),
                "recipients: expected the same post-quantum policy of all, found required and off");
        assertRefused(
                Map.of("recipient.CA-RC.post-quantum", "always"),
                "recipient.CA-RC.post-quantum: Expected off, preferred or required, found 'always'");
        assertRefused(
                Map.of("recipient.NY-RC.post-quantum", "off"),
                "recipient.NY-RC.post-quantum: Expected one of [CA-RC, SF-RC], found NY-RC");
        assertRefused(Map.of("recipient.CA-RC.colour", "red"), "found recipient.CA-RC.colour");
    }

    private void assertRefused(Map<String, String> settings, String message) {
        assertThatThrownBy(() -> home.start(hq.port(), settings))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining(message);
    }
}
