package io.saddlebag.seal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.dsse.Envelope;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Project Wycheproof's vectors against the implementations that seal, open and sign here. */
class WycheproofTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final byte[] X25519_PRIVATE = HEX.parseHex("302e020100300506032b656e04220420");
    private static final byte[] X25519_PUBLIC = HEX.parseHex("302a300506032b656e032100");

    static Stream<CryptoProviders> providers() {
        return Stream.of(CryptoProviders.choose(), CryptoProviders.portable());
    }

    /** Runs one vector; tells whether what it computes is what the vector gives. */
    private interface Check {
        boolean holds(JsonNode group, JsonNode vector) throws GeneralSecurityException;
    }

    private static void checkAll(String name, Check check) throws IOException {
        Path file = Vectors.folder("wycheproof").resolve(name);
        JsonNode root = new ObjectMapper().readTree(file.toFile());
        int checked = 0;
        for (JsonNode group : root.get("testGroups")) {
            for (JsonNode vector : group.get("tests")) {
                boolean holds;
                try {
                    holds = check.holds(group, vector);
                } catch (GeneralSecurityException | RuntimeException e) {
                    holds = false;
                }
                assertThat(holds).as("%s %s", name, vector).isEqualTo(isToHold(vector));
                checked++;
            }
        }
        assertThat(checked).isEqualTo(root.get("numberOfTests").asInt()).isPositive();
    }

    /** X25519 marks odd points as acceptable; age requires of those that the all-zero secret alone is refused. */
    private static boolean isToHold(JsonNode vector) {
        return switch (vector.get("result").asText()) {
            case "valid" -> true;
            case "acceptable" -> !vector.get("flags").toString().contains("ZeroSharedSecret");
            default -> false;
        };
    }

    private static byte[] bytes(JsonNode node, String field) {
        return HEX.parseHex(node.get(field).asText());
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }

    @ParameterizedTest
    @MethodSource("providers")
    void chaCha20Poly1305(CryptoProviders providers) throws IOException {
        checkAll("chacha20_poly1305_test.json", (group, vector) -> {
            Cipher cipher = Cipher.getInstance(CryptoProviders.CIPHER, providers.cipher());
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    new SecretKeySpec(bytes(vector, "key"), CryptoProviders.CIPHER),
                    new IvParameterSpec(bytes(vector, "iv")));
            cipher.updateAAD(bytes(vector, "aad"));
            byte[] opened = cipher.doFinal(join(bytes(vector, "ct"), bytes(vector, "tag")));
            return Arrays.equals(opened, bytes(vector, "msg"));
        });
    }

    @ParameterizedTest
    @MethodSource("providers")
    void x25519(CryptoProviders providers) throws IOException {
        checkAll("x25519_test.json", (group, vector) -> {
            KeyFactory keys = KeyFactory.getInstance("X25519", providers.agreement());
            KeyAgreement agreement = KeyAgreement.getInstance("X25519", providers.agreement());
            agreement.init(
                    keys.generatePrivate(new PKCS8EncodedKeySpec(join(X25519_PRIVATE, bytes(vector, "private")))));
            agreement.doPhase(
                    keys.generatePublic(new X509EncodedKeySpec(join(X25519_PUBLIC, bytes(vector, "public")))), true);
            return Arrays.equals(agreement.generateSecret(), bytes(vector, "shared"));
        });
    }

    @ParameterizedTest
    @MethodSource("providers")
    void ed25519(CryptoProviders providers) throws IOException {
        checkAll("ed25519_test.json", (group, vector) -> {
            // The JDK reads the certificate, so the key comes from it as it does in the routes.
            PublicKey key = KeyFactory.getInstance("Ed25519", "SunEC")
                    .generatePublic(new X509EncodedKeySpec(bytes(group, "publicKeyDer")));
            Signature verifier = Signature.getInstance("Ed25519", providers.signature());
            verifier.initVerify(key);
            verifier.update(bytes(vector, "msg"));
            byte[] signature = bytes(vector, "sig");
            return signature.length == Envelope.SIGNATURE_LENGTH && verifier.verify(signature);
        });
    }

    /** age derives its keys with HKDF over the JVM's HmacSHA256. */
    @Test
    void hkdfOverTheHmacOfThisJvm() throws IOException {
        checkAll("hkdf_sha256_test.json", (group, vector) -> {
            byte[] salt = bytes(vector, "salt");
            byte[] key = hmac(salt.length == 0 ? new byte[32] : salt, bytes(vector, "ikm"));
            int size = vector.get("size").asInt();
            byte[] derived = new byte[0];
            byte[] block = new byte[0];
            for (int count = 1; derived.length < size && count <= 255; count++) {
                block = hmac(key, join(block, bytes(vector, "info"), new byte[] {(byte) count}));
                derived = join(derived, block);
            }
            return Arrays.equals(Arrays.copyOf(derived, size), bytes(vector, "okm"));
        });
    }

    private static byte[] hmac(byte[] key, byte[] content) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(content);
    }
}
