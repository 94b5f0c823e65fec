package io.saddlebag.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReceiptSecretTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final ReceiptSecret ZEROS = ReceiptSecret.of(new byte[ReceiptSecret.LENGTH]);
    private static final Sha256 CONTENT =
            new Sha256("9cdbb259d0cd2958de73257716e08f071d7462f19cdd9d85f8914ac568576156");
    private static final MessageId ID = MessageId.of("FL-LAB_DAT_20251008_001");
    private static final SiteId CENTRE = SiteId.of("CA-RC");

    /** Zeros as nonce, so that the bytes are always the same. */
    private static final class NoRandom extends SecureRandom {
        private static final long serialVersionUID = 1L;

        @Override
        public void nextBytes(byte[] bytes) {}
    }

    /** Computed with openssl, as docs/formats.md tells. */
    @Test
    void provesAContentByTheBytesThatTheFormatPageTells() {
        assertThat(ZEROS.proof(CONTENT, 18))
                .isEqualTo(new Sha256("4dc88aa91f62b7388fdf6329848c0b99137369ef8b306971695c652e905a628f"));
    }

    @Test
    void provesNoOtherContentSizeOrMessage() {
        Sha256 proof = ZEROS.proof(CONTENT, 18);

        assertThat(ZEROS.proof(CONTENT, 19)).isNotEqualTo(proof);
        assertThat(ZEROS.proof(Sha256.of(new byte[0]), 18)).isNotEqualTo(proof);
        assertThat(ReceiptSecret.random(RANDOM).proof(CONTENT, 18)).isNotEqualTo(proof);
    }

    /** Computed with python3: hmac for HKDF, cryptography for AES-GCM. */
    @Test
    void encryptsADetailIntoTheBytesThatTheFormatPageTells() {
        byte[] sealed = ZEROS.sealDetail(ID, CENTRE, "Expected Größe.csv", new NoRandom());

        assertThat(Sha256.of(sealed))
                .isEqualTo(new Sha256("4866124d39cabe4c1bed43af6852bb92f0c7c47ed10f69ba6c48a126c3bc846d"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Expected 'Patient 17/Größe \uD83E\uDDEA.csv' to be new"})
    void opensADetailAgain(String detail) {
        ReceiptSecret secret = ReceiptSecret.random(RANDOM);
        byte[] sealed = secret.sealDetail(ID, CENTRE, detail, RANDOM);

        assertThat(sealed).hasSize(ReceiptSecret.SEALED_DETAIL);
        assertThat(secret.openDetail(ID, CENTRE, sealed)).isEqualTo(detail);
        assertThat(secret.sealDetail(ID, CENTRE, detail, RANDOM)).isNotEqualTo(sealed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "ö", "\u20AC", "\uD83E\uDDEA", "x\uD83E\uDDEA"})
    void cutsALongDetailBetweenCharacters(String piece) {
        String detail = piece.repeat(2000);
        String opened = ZEROS.openDetail(ID, CENTRE, ZEROS.sealDetail(ID, CENTRE, detail, RANDOM));

        String[] ends = opened.split("[.]{3}");
        assertThat(ends).hasSize(2);
        assertThat(detail).startsWith(ends[0]).endsWith(ends[1]);
        assertThat(opened.getBytes(StandardCharsets.UTF_8).length).isBetween(1000, ReceiptSecret.MAX_DETAIL);
    }

    @Test
    void opensNoDetailOfAnotherMessageReceiverOrSecretAndNoAlteredOne() {
        byte[] sealed = ZEROS.sealDetail(ID, CENTRE, "it", RANDOM);
        byte[] altered = sealed.clone();
        altered[100] ^= 1;

        assertThatIllegalArgumentException()
                .isThrownBy(() -> ZEROS.openDetail(MessageId.of("FL-LAB_DAT_20251008_002"), CENTRE, sealed));
        assertThatIllegalArgumentException().isThrownBy(() -> ZEROS.openDetail(ID, SiteId.of("SF-RC"), sealed));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ReceiptSecret.random(RANDOM).openDetail(ID, CENTRE, sealed));
        assertThatIllegalArgumentException().isThrownBy(() -> ZEROS.openDetail(ID, CENTRE, altered));
        assertThatIllegalArgumentException().isThrownBy(() -> ZEROS.openDetail(ID, CENTRE, new byte[5]));
    }

    @Test
    void isReadFromJsonAndNeverShown() {
        ReceiptSecret secret = ReceiptSecret.random(RANDOM);

        assertThat(Json.read(Json.write(secret), ReceiptSecret.class)).isEqualTo(secret);
        assertThat(secret).hasToString("ReceiptSecret");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 31, 33})
    void refusesAnotherLength(int length) {
        String base64 = Base64.getEncoder().encodeToString(new byte[length]);
        assertThatIllegalArgumentException().isThrownBy(() -> new ReceiptSecret(base64));
        assertThatIllegalArgumentException().isThrownBy(() -> new ReceiptSecret("no base64!"));
    }
}
