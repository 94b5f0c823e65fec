package io.saddlebag.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.testing.TestNetwork;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SiteKeyManagerTest {
    @TempDir
    private Path folder;

    @Test
    void showsTheSitesCertificateAndItsIssuerWhateverKindOfKeyIsAskedFor() {
        SiteIdentity identity = TestNetwork.create(folder).identity("FL-LAB");
        SiteKeyManager keys = new SiteKeyManager(identity);

        for (String kind : new String[] {"EC", "GENERIC", "EC_EC"}) {
            String alias = keys.chooseEngineClientAlias(new String[] {kind}, null, null);
            assertThat(keys.chooseEngineServerAlias(kind, null, null)).isEqualTo(alias);
            assertThat(keys.getCertificateChain(alias))
                    .containsExactly(identity.tlsCertificate(), identity.trust().authority());
            assertThat(keys.getPrivateKey(alias)).isEqualTo(identity.tlsKey());
        }
    }
}
