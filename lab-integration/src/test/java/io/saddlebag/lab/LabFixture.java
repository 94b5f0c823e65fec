package io.saddlebag.lab;

import io.saddlebag.lab.TestHeadquarters.Upload;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Message;
import io.saddlebag.seal.AgeIdentity;
import io.saddlebag.seal.CryptoProviders;
import io.saddlebag.seal.MessageOpener;
import io.saddlebag.seal.SenderBinding;
import io.saddlebag.testing.TestNetwork;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A home of FL-LAB and a scripted headquarters with the keys of two centres, for each test; neither runs yet. */
abstract class LabFixture {
    @TempDir
    static Path networkFolder;

    static TestNetwork network;

    @TempDir
    Path folder;

    TestHeadquarters hq;
    TestLab home;
    LabApplication lab;
    AgeIdentity caKey;

    @BeforeAll
    static void makeNetwork() {
        network = TestNetwork.create(networkFolder);
    }

    @BeforeEach
    void makeSite() {
        home = new TestLab(network, folder.resolve("fl-lab"));
        hq = new TestHeadquarters(network);
        caKey = hq.register("CA-RC", 1);
        hq.register("SF-RC", 1);
    }

    @AfterEach
    void closeSite() {
        stop();
        hq.close();
    }

    /** Stops the laboratory, if it runs. */
    void stop() {
        if (lab != null) {
            lab.close();
            lab = null;
        }
    }

    /** Opens a sealed message with the first centre's key. */
    Message open(Upload upload, ByteArrayOutputStream opened) throws IOException {
        Manifest manifest = upload.manifest();
        return new MessageOpener(CryptoProviders.choose())
                .open(
                        new ByteArrayInputStream(upload.sealed()),
                        List.of(caKey),
                        new SenderBinding(
                                manifest.networkId(),
                                manifest.messageId(),
                                TestLab.SITE,
                                manifest.sender().fingerprint()),
                        opened::write);
    }

    /** The reason of a file in {@code failed/}. */
    String reason(String failed) throws IOException {
        return Files.readString(home.home().resolve("failed/" + failed + ".reason.json"));
    }
}
