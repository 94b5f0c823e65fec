package io.saddlebag.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestTest {
    private static final Sha256 DIGEST = Sha256.of(new byte[0]);
    private static final SiteId CENTRE = SiteId.of("CA-RC");

    private static Manifest.Recipient recipient(SiteId site) {
        return new Manifest.Recipient(site, "1", 1, null);
    }

    private static Manifest manifest(List<Manifest.Recipient> recipients, String sender, long size, int parts) {
        return new Manifest(
                DIGEST,
                MessageId.of("FL-LAB_DAT_20251008_001"),
                Instant.parse("2025-10-08T09:00:00Z"),
                null,
                new Manifest.Sender(SiteId.of(sender), DIGEST),
                recipients,
                new Manifest.Routing("labs", List.of("ca_rc")),
                new Manifest.Body(Manifest.Body.AGE, size, DIGEST),
                parts);
    }

    private static Manifest manifest() {
        return manifest(List.of(recipient(CENTRE)), "FL-LAB", 10, 1);
    }

    @Test
    void isReadBackAsItWasWritten() {
        assertThat(Json.read(Json.write(manifest()), Manifest.class)).isEqualTo(manifest());
    }

    @Test
    void hasTheFieldsThatTheFormatPageTells() {
        assertThat(new String(Json.write(manifest()), StandardCharsets.UTF_8))
                .isEqualTo("{\"network_id\":\"" + DIGEST + "\",\"message_id\":\"FL-LAB_DAT_20251008_001\","
                        + "\"sent_timestamp\":\"2025-10-08T09:00:00Z\","
                        + "\"sender\":{\"id\":\"FL-LAB\",\"fingerprint\":\"" + DIGEST + "\"},"
                        + "\"recipients\":[{\"id\":\"CA-RC\",\"key_id\":\"1\",\"seq\":1}],"
                        + "\"routing\":{\"exchange\":\"labs\",\"routing_keys\":[\"ca_rc\"]},"
                        + "\"body\":{\"format\":\"age-encryption.org/v1\",\"size\":10,\"sha256\":\"" + DIGEST + "\"},"
                        + "\"parts\":1}");
    }

    @Test
    void passesOverFieldsOfANewerSite() {
        String json = new String(Json.write(manifest()), StandardCharsets.UTF_8)
                .replaceFirst("\\{", "{\"from_the_future\":{\"a\":[1]},");

        assertThat(Json.read(json.getBytes(StandardCharsets.UTF_8), Manifest.class))
                .isEqualTo(manifest());
    }

    @ParameterizedTest
    @CsvSource({"0", "9007199254740992", "9223372036854775807"})
    void refusesACountThatNotEveryReaderKeepsExactly(long seq) {
        String json = new String(Json.write(manifest()), StandardCharsets.UTF_8).replace("\"seq\":1", "\"seq\":" + seq);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Json.read(json.getBytes(StandardCharsets.UTF_8), Manifest.class))
                .withMessageContaining("Expected a seq from 1 to 9007199254740991 for CA-RC, found " + seq);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "1048576,1", "1048577,2", "2097152,2", "2097153,3", "1073741824,1024"})
    void countsThePartsOfASealedMessage(long size, int parts) {
        assertThat(Manifest.partsOf(size)).isEqualTo(parts);
        assertThat(manifest(List.of(recipient(CENTRE)), "FL-LAB", size, parts).parts())
                .isEqualTo(parts);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> manifest(List.of(recipient(CENTRE)), "FL-LAB", size, parts + 1));
    }

    @Test
    void refusesAMessageIdOfAnotherSender() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> manifest(List.of(recipient(CENTRE)), "PA-LAB", 10, 1))
                .withMessageContaining("PA-LAB")
                .withMessageContaining("FL-LAB_DAT_20251008_001");
    }

    @Test
    void refusesNoRecipientsTooManyAndTheSameTwice() {
        List<Manifest.Recipient> most = IntStream.range(0, Manifest.MAX_RECIPIENTS)
                .mapToObj(i -> recipient(SiteId.of("R" + i + "-RC")))
                .toList();
        assertThat(manifest(most, "FL-LAB", 10, 1).recipients()).hasSize(Manifest.MAX_RECIPIENTS);

        for (List<Manifest.Recipient> refused : List.of(
                List.<Manifest.Recipient>of(),
                IntStream.range(0, Manifest.MAX_RECIPIENTS + 1)
                        .mapToObj(i -> recipient(SiteId.of("R" + i + "-RC")))
                        .toList(),
                List.of(recipient(CENTRE), recipient(CENTRE)))) {
            assertThatIllegalArgumentException().isThrownBy(() -> manifest(refused, "FL-LAB", 10, 1));
        }
    }

    @Test
    void refusesWhatItsPartsRefuse() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Manifest.Recipient(CENTRE, "1", 0, null));
        assertThatIllegalArgumentException().isThrownBy(() -> new Manifest.Routing("labs", List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> new Manifest.Body("zip", 1, DIGEST));
        assertThatIllegalArgumentException().isThrownBy(() -> new Manifest.Body(Manifest.Body.AGE, 0, DIGEST));
        assertThatNullPointerException().isThrownBy(() -> new Manifest.Sender(null, DIGEST));
    }

    @Test
    void findsARecipientByItsSite() {
        assertThat(manifest().recipient(CENTRE)).isEqualTo(recipient(CENTRE));
        assertThat(manifest().recipient(SiteId.of("NY-RC"))).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"parts\":1 | \"parts\":null | in the field 'parts'",
                "\"parts\":1 | \"parts\":\"1\" | in the field 'parts'",
                "\"parts\":1 | \"parts\":1.0 | in the field 'parts'",
                "\"parts\":1 | \"parts\":true | in the field 'parts'",
                "\"parts\":1 | \"parts\":99999999999 | in the field 'parts'",
                "\"parts\":1 | \"x\":1 | in the field 'parts'",
                "\"seq\":1 | \"seq\":\"1\" | in the field 'recipients.[0].seq'",
                "\"key_id\":\"1\" | \"key_id\":1 | in the field 'recipients.[0].key_id'",
                "\"key_id\":\"1\" | \"key_id\":true | in the field 'recipients.[0].key_id'",
                "[\"ca_rc\"] | \"ca_rc\" | in the field 'routing.routing_keys'",
                "[\"ca_rc\"] | [1] | in the field 'routing.routing_keys.[0]'",
                "[\"ca_rc\"] | [null] | in the field 'routing'",
                "\"message_id\":\" | \"message_id\":null,\"x\":\" | message_id",
                "\"sender\":{ | \"sender\":[],\"x\":{ | in the field 'sender'",
                "\"recipients\":[ | \"recipients\":{},\"x\":[ | in the field 'recipients'",
                "\"sent_timestamp\":\" | \"sent_timestamp\":\"yesterday\",\"x\":\" | time such as",
                "\"sent_timestamp\":\" | \"sent_timestamp\":\"2025-02-29T00:00:00Z\",\"x\":\" | time such as",
                "\"sent_timestamp\":\" | \"sent_timestamp\":1759914000,\"x\":\" | time such as",
                "\"sent_timestamp\": | \"sent_timestamp\":\"2025-10-08T09:00:00Z\",\"sent_timestamp\": | a field twice"
            })
    void refusesFieldsOfAnotherKindAndSaysWhy(String part, String by, String reason) {
        String json = new String(Json.write(manifest()), StandardCharsets.UTF_8);
        assertThat(json).contains(part);

        assertThatThrownBy(() -> Json.read(json.replace(part, by).getBytes(StandardCharsets.UTF_8), Manifest.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Expected JSON (manifest)")
                .hasMessageContaining(reason);
    }
}
