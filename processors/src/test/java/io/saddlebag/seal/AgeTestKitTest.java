package io.saddlebag.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The age test kit of C2SP (CCTV), under each set of providers. The kind of recipient that is not offered here (scrypt) must
 * be refused as well as those that are faulty.
 */
class AgeTestKitTest {
    @TestFactory
    Stream<DynamicTest> withTheProvidersChosenHere() throws IOException {
        return cases(CryptoProviders.choose());
    }

    @TestFactory
    Stream<DynamicTest> withoutNativeCode() throws IOException {
        return cases(CryptoProviders.portable());
    }

    private static Stream<DynamicTest> cases(CryptoProviders providers) throws IOException {
        List<Path> files;
        try (Stream<Path> listed = Files.list(Vectors.folder("age"))) {
            files = listed.sorted().toList();
        }
        assertThat(files).isNotEmpty();
        return files.stream()
                .map(file -> dynamicTest(
                        file.getFileName().toString(), () -> new Case(Files.readAllBytes(file)).check(providers)));
    }

    private static final class Case {
        private final Map<String, String> head = new HashMap<>();
        private final List<AgeIdentity> identities = new ArrayList<>();
        private final byte[] body;
        private boolean otherKind;

        Case(byte[] file) throws IOException {
            int at = 0;
            while (file[at] != '\n') {
                int end = at;
                while (file[end] != '\n') {
                    end++;
                }
                take(new String(file, at, end - at, StandardCharsets.UTF_8));
                at = end + 1;
            }
            ByteArrayInputStream rest = new ByteArrayInputStream(file, at + 1, file.length - at - 1);
            body = "zlib".equals(head.get("compressed"))
                    ? new InflaterInputStream(rest).readAllBytes()
                    : rest.readAllBytes();
        }

        private void take(String line) {
            String name = line.substring(0, line.indexOf(':'));
            String value = line.substring(line.indexOf(':') + 1).strip();
            head.put(name, value);
            if (name.equals("identity")) {
                identities.add(AgeIdentity.of(value));
            } else if (name.equals("passphrase")) {
                otherKind = true;
            }
        }

        void check(CryptoProviders providers) throws IOException {
            ByteArrayOutputStream plain = new ByteArrayOutputStream();
            Throwable failure = catchThrowable(
                    () -> new AgeFile(providers).open(new ByteArrayInputStream(body), identities, plain));
            boolean expected = head.get("expect").equals("success") && !(otherKind && identities.isEmpty());
            if (expected) {
                assertThat(failure).isNull();
            } else {
                assertThat(failure).isInstanceOfSatisfying(Refusal.class, refusal -> assertThat(refusal.code())
                        .isEqualTo(Refusal.Code.BAD_SEAL));
            }
            if (expected) {
                assertThat(Sha256.of(plain.toByteArray()).hex()).isEqualTo(head.get("payload"));
            } else if (head.get("expect").equals("payload failure")) {
                // A chunk goes out once its place in the file is certain, so only whole ones stand before a fault.
                assertThat(plain.size() % AgePayload.CHUNK).isZero();
            } else {
                assertThat(plain.size()).isZero();
            }
        }
    }
}
