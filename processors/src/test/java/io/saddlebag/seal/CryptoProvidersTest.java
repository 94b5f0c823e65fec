package io.saddlebag.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.conscrypt.Conscrypt;
import org.junit.jupiter.api.Test;

class CryptoProvidersTest {
    @Test
    void takesConscryptWhereItsNativeLibraryLoads() {
        assumeTrue(Conscrypt.isAvailable(), "SKIPPED: Conscrypt has no native library for this machine");

        CryptoProviders chosen = CryptoProviders.choose().logged();

        assertThat(chosen.cipher().getName()).isEqualTo("Conscrypt");
        assertThat(chosen.agreement().getName()).isEqualTo("Conscrypt");
        assertThat(chosen.signature().getName()).isEqualTo("Conscrypt");
    }

    @Test
    void doesWithoutNativeCode() {
        CryptoProviders portable = CryptoProviders.portable();

        assertThat(portable.cipher().getName()).isEqualTo("SunJCE");
        assertThat(portable.agreement().getName()).isEqualTo("BC");
        assertThat(portable.signature().getName()).isEqualTo("BC");
    }

    @Test
    void eachOpensWhatTheOtherSealed() throws IOException {
        byte[] plain = Samples.content(200_000);
        CryptoProviders one = CryptoProviders.choose();
        CryptoProviders other = CryptoProviders.portable();
        for (AgeIdentity identity : List.of(AgeIdentity.generate(), AgeIdentity.generatePostQuantum())) {
            for (List<CryptoProviders> pair : List.of(List.of(one, other), List.of(other, one))) {
                ByteArrayOutputStream sealed = new ByteArrayOutputStream();
                new AgeFile(pair.get(0)).seal(new ByteArrayInputStream(plain), List.of(identity.recipient()), sealed);
                ByteArrayOutputStream opened = new ByteArrayOutputStream();
                new AgeFile(pair.get(1))
                        .open(new ByteArrayInputStream(sealed.toByteArray()), List.of(identity), opened);

                assertThat(opened.toByteArray()).isEqualTo(plain);
            }
        }
    }
}
