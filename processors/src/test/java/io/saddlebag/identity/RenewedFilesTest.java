package io.saddlebag.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.message.SiteId;
import io.saddlebag.testing.TestNetwork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RenewedFilesTest {
    private static final SiteId LAB = SiteId.of("FL-LAB");

    @TempDir
    Path folder;

    @Test
    void finishesARenewalThatACrashInterruptedAtAnyFile() throws Exception {
        TestNetwork network = TestNetwork.create(folder);
        Path identity = network.identityFolder(LAB);
        for (String moved : List.of("tls.key", "tls.crt", "signing.key")) {
            Path renewed = identity.resolve("renewed");
            network.authority().issue(LAB, Role.LAB, List.of(), renewed);
            SiteIdentity next = SiteIdentity.load(renewed);
            Files.move(renewed.resolve(moved), identity.resolve(moved), StandardCopyOption.REPLACE_EXISTING);

            RenewedFiles.finish(identity);

            assertThat(SiteIdentity.load(identity).signingCertificate()).isEqualTo(next.signingCertificate());
            assertThat(renewed).doesNotExist();
        }
        RenewedFiles.finish(identity);
    }
}
