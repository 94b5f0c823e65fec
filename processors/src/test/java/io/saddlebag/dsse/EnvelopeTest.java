package io.saddlebag.dsse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeTest {
    private static final byte[] PAYLOAD = "{\"a\":\"~~~???\"}".getBytes(StandardCharsets.UTF_8);
    private static final byte[] CERTIFICATE = {1, 2, 3};
    private static final Sha256 KEY = Sha256.of(CERTIFICATE);

    private static Envelope envelope() {
        byte[] signature = new byte[Envelope.SIGNATURE_LENGTH];
        java.util.Arrays.fill(signature, (byte) 0xFB);
        return new Envelope("application/x", PAYLOAD, KEY, signature, CERTIFICATE);
    }

    @Test
    void readsWhatItWrites() {
        Envelope read = Envelope.parse(envelope().write());

        assertThat(read.payloadType()).isEqualTo("application/x");
        assertThat(read.payload()).isEqualTo(PAYLOAD);
        assertThat(read.keyId()).isEqualTo(KEY);
        assertThat(read.signature()).isEqualTo(envelope().signature());
        assertThat(read.certificate()).isEqualTo(CERTIFICATE);
    }

    @Test
    void writesTheFieldsOfDsse() {
        String json = new String(envelope().write(), StandardCharsets.UTF_8);

        assertThat(json)
                .startsWith("{\"payloadType\":\"application/x\",\"payload\":\""
                        + Base64.getEncoder().encodeToString(PAYLOAD) + "\",\"signatures\":[{\"keyid\":\"" + KEY
                        + "\",\"sig\":\"")
                .endsWith("\",\"cert\":\"AQID\"}]}");
    }

    /** The example of the DSSE specification, protocol.md. */
    @Test
    void encodesForSigningAsDsseDoes() {
        byte[] encoding = Envelope.preAuthenticationEncoding(
                "http://example.com/HelloWorld", "hello world".getBytes(StandardCharsets.UTF_8));

        assertThat(encoding)
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("DSSEv1 29 http://example.com/HelloWorld 11 hello world");
    }

    @Test
    void countsBytesOfTheTypeNotCharacters() {
        assertThat(Envelope.preAuthenticationEncoding("ü", new byte[0]))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("DSSEv1 2 ü 0 ");
    }

    @Test
    void readsTheUrlSafeAlphabetToo() {
        String json = new String(envelope().write(), StandardCharsets.UTF_8);
        String signature = Base64.getEncoder().encodeToString(envelope().signature());
        String urlSafe = Base64.getUrlEncoder().encodeToString(envelope().signature());
        assertThat(urlSafe).isNotEqualTo(signature);

        Envelope read = Envelope.parse(json.replace(signature, urlSafe).getBytes(StandardCharsets.UTF_8));

        assertThat(read.signature()).isEqualTo(envelope().signature());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "{\"payloadType\":\"t\",\"payload\":\"AA==\"}",
                "{\"payloadType\":\"t\",\"payload\":\"AA==\",\"signatures\":[]}",
                "{\"payloadType\":\"t\",\"payload\":\"AA==\",\"signatures\":[null]}",
                "{\"payloadType\":\"t\",\"payload\":\"AA==\",\"signatures\":[{}]}",
                "{\"payloadType\":\"t\",\"payloadType\":\"u\",\"payload\":\"AA==\",\"signatures\":[]}",
                "{\"payloadType\":\"t\",\"payload\":\"A A\",\"signatures\":[]} trailing",
            })
    void refusesWhatIsNotAnEnvelope(String json) {
        assertRefused(json);
    }

    @Test
    void refusesTwoSignatures() {
        String json = new String(envelope().write(), StandardCharsets.UTF_8);
        String one = json.substring(json.indexOf("{\"keyid\""), json.length() - 2);

        assertRefused(json.replace("]}", "," + one + "]}"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 63, 65, 128})
    void refusesASignatureThatIsNotSixtyFourBytes(int length) {
        String json = new String(envelope().write(), StandardCharsets.UTF_8);
        String signature = Base64.getEncoder().encodeToString(envelope().signature());

        assertRefused(json.replace(signature, Base64.getEncoder().encodeToString(new byte[length])));
    }

    @Test
    void refusesAnOversizeEnvelopeBeforeReadingIt() {
        assertRefused(" ".repeat(Envelope.MAX_SIZE + 1));
    }

    @Test
    void doesNotRepeatControlCharactersOfWhatItRefuses() {
        assertThatThrownBy(() -> Envelope.parse("{\"payloadType\":\u0007\n".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(Refusal.class)
                .message()
                .doesNotContain("\u0007", "\n");
    }

    private static void assertRefused(String json) {
        assertThatThrownBy(() -> Envelope.parse(json.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.BAD_SIGNATURE));
    }
}
