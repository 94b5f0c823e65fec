package io.saddlebag.bench.parts;

import io.saddlebag.bench.load.Workload;
import io.saddlebag.files.FileTree;
import io.saddlebag.identity.Role;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.identity.ca.CertificateAuthority;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Random;

/** A laboratory with certificates of a CA of its own, in a folder that is gone when this is closed. */
final class BenchedLab implements AutoCloseable {
    static final SiteId LAB = SiteId.of("FL-LAB");
    static final SiteId CENTRE = SiteId.of("CA-RC");
    static final String QUEUE = "ca_rc_queue";
    static final String ROUTING_KEY = "ca_rc";
    static final String EXCHANGE = "labs";
    static final Instant SENT = Instant.parse("2025-10-08T09:00:00Z");

    private final Path folder;
    private final SiteIdentity identity;

    BenchedLab() throws IOException {
        folder = Files.createTempDirectory("saddlebag-parts");
        CertificateAuthority.create(folder.resolve("ca"), "Bench CA")
                .issue(LAB, Role.LAB, List.of(), home().identity());
        identity = SiteIdentity.load(home().identity());
    }

    SiteHome home() {
        return new SiteHome(folder.resolve(LAB.folderName()));
    }

    SiteIdentity identity() {
        return identity;
    }

    static MessageId messageId(long sequence) {
        return Workload.messageId(LAB, sequence);
    }

    /** Bytes that nothing can compress, the same at every call. */
    static byte[] randomBytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    Manifest manifest(byte[] body) {
        return Workload.manifest(identity, List.of(CENTRE), body.length, Sha256.of(body), SENT, 1);
    }

    @Override
    public void close() throws IOException {
        FileTree.delete(folder);
    }
}
