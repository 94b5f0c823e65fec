package io.saddlebag.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HybridHpkeTest {
    private static final byte[] INFO = {1, 2, 3};
    private static final byte[] AAD = {4};
    private static final byte[] PLAIN = {5, 6, 7, 8};

    private final byte[] identity = Samples.content(HybridHpke.IDENTITY);
    private final byte[] recipient = HybridHpke.recipientOf(identity);

    static Stream<HybridHpke> implementations() {
        return Stream.of(CryptoProviders.choose(), CryptoProviders.portable())
                .map(providers -> HybridHpke.by(providers.agreement()));
    }

    /** The vector of draft-ietf-hpke-pq for age's suite: keys, encapsulation, and the first message. */
    @ParameterizedTest
    @MethodSource("implementations")
    void opensThePublishedVector(HybridHpke hpke) throws IOException, GeneralSecurityException {
        JsonNode vectors = new ObjectMapper()
                .readTree(Vectors.folder("hpke")
                        .resolve("hpke-mlkem768x25519.json")
                        .toFile());
        assertThat(vectors).isNotEmpty();
        for (JsonNode vector : vectors) {
            JsonNode first = vector.get("encryptions").get(0);

            assertThat(HybridHpke.recipientOf(bytes(vector, "skRm"))).isEqualTo(bytes(vector, "pkRm"));
            assertThat(hpke.open(
                            bytes(vector, "skRm"),
                            bytes(vector, "info"),
                            bytes(first, "aad"),
                            new HybridHpke.Sealed(bytes(vector, "enc"), bytes(first, "ct"))))
                    .isEqualTo(bytes(first, "pt"));
        }
    }

    private static byte[] bytes(JsonNode node, String field) {
        return HexFormat.of().parseHex(node.get(field).asText());
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void opensWhatEachSealed(HybridHpke hpke) throws GeneralSecurityException {
        for (HybridHpke other : implementations().toList()) {
            HybridHpke.Sealed sealed = other.seal(recipient, INFO, AAD, PLAIN);

            assertThat(sealed.encapsulated()).hasSize(HybridHpke.ENCAPSULATED);
            assertThat(hpke.open(identity, INFO, AAD, sealed)).isEqualTo(PLAIN);
        }
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void opensNothingElse(HybridHpke hpke) throws GeneralSecurityException {
        HybridHpke.Sealed sealed = hpke.seal(recipient, INFO, AAD, PLAIN);
        byte[] another = Samples.content(HybridHpke.IDENTITY + 1);

        assertThatThrownBy(() -> hpke.open(Arrays.copyOf(another, HybridHpke.IDENTITY), INFO, AAD, sealed))
                .isInstanceOf(GeneralSecurityException.class);
        assertThatThrownBy(() -> hpke.open(identity, AAD, AAD, sealed)).isInstanceOf(GeneralSecurityException.class);
        assertThatThrownBy(() -> hpke.open(identity, INFO, INFO, sealed)).isInstanceOf(GeneralSecurityException.class);
        for (int at : new int[] {0, 1087, 1088, 1119}) {
            byte[] altered = sealed.encapsulated().clone();
            altered[at] ^= 1;
            assertThatThrownBy(
                            () -> hpke.open(identity, INFO, AAD, new HybridHpke.Sealed(altered, sealed.ciphertext())))
                    .isInstanceOf(GeneralSecurityException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void sealsForNoMalformedKey(HybridHpke hpke) {
        byte[] noPoint = recipient.clone();
        Arrays.fill(noPoint, noPoint.length - 32, noPoint.length, (byte) 0);
        byte[] notReduced = recipient.clone();
        Arrays.fill(notReduced, 0, 3, (byte) 0xff);

        for (byte[] key : new byte[][] {noPoint, notReduced, new byte[32], new byte[0]}) {
            assertThatThrownBy(() -> hpke.seal(key, INFO, AAD, PLAIN)).isInstanceOf(GeneralSecurityException.class);
        }
    }
}
