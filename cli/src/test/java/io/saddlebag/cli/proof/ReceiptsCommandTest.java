package io.saddlebag.cli.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.cli.CommandLineRun;
import io.saddlebag.dsse.Envelope;
import io.saddlebag.files.SystemFiles;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.DeliveryReceipt;
import io.saddlebag.message.Json;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.ReceiptSecret;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.seal.CryptoProviders;
import io.saddlebag.testing.TestNetwork;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Receipts checked away from any site: real certificates, a file as a laboratory writes it. */
class ReceiptsCommandTest {
    private static final String ID = "FL-LAB_DAT_20251008_001";
    private static final Sha256 CONTENT = Sha256.of(new byte[] {1});

    private static final ReceiptSecret SECRET = ReceiptSecret.random(new SecureRandom());

    @TempDir
    private static Path networkFolder;

    private static TestNetwork network;

    @TempDir
    private Path folder;

    @BeforeAll
    static void network() {
        network = TestNetwork.create(networkFolder);
    }

    private CommandLineRun check(String signer, Sha256 said) throws Exception {
        return CommandLineRun.of(
                "receipts", "--ca", network.identityFolder(SiteId.of("FL-LAB")), receipts(signer, said));
    }

    private Path receipts(String signer, Sha256 said) throws Exception {
        return receipts(signer, said, Map.of("receiver_client_id", "SF-RC", "state", "waiting"));
    }

    private Path receipts(String signer, Sha256 said, Map<String, ?> second) throws Exception {
        Path file = folder.resolve(ID + ".receipts.json");
        Files.write(
                file,
                Json.writeForPeople(Map.of(
                        "message_id",
                        ID,
                        "sender_id",
                        "FL-LAB",
                        "file_name",
                        "results.csv",
                        "manifest_sha256",
                        Sha256.of(new byte[] {2}),
                        "sha256",
                        said,
                        "size",
                        1,
                        "receipt_secret",
                        SECRET,
                        "recipients",
                        new Object[] {
                            Map.of(
                                    "receiver_client_id",
                                    "CA-RC",
                                    "state",
                                    "acknowledged",
                                    "receipt",
                                    Json.read(receipt(network.identity(signer)), Map.class)),
                            second
                        })));
        return file;
    }

    private static byte[] receipt(SiteIdentity signer) throws Exception {
        byte[] payload = Json.write(DeliveryReceipt.received(
                signer.trust().networkId(),
                MessageId.of(ID),
                SiteId.of("FL-LAB"),
                SiteId.of("CA-RC"),
                Sha256.of(new byte[] {2}),
                SECRET.proof(CONTENT, 1),
                Instant.parse("2025-10-08T09:00:03Z"),
                1,
                1));
        return Envelope.signed(
                        signer,
                        DeliveryReceipt.TYPE,
                        payload,
                        CryptoProviders.portable().signature())
                .write();
    }

    @Test
    void saysWhoHasTheFile() throws Exception {
        CommandLineRun run = check("CA-RC", CONTENT);

        assertThat(run.exitCode()).as("SF-RC is not proved to have it").isEqualTo(1);
        assertThat(run.out())
                .contains(ID + " from FL-LAB, results.csv, 1 bytes, SHA-256 " + CONTENT)
                .contains("CA-RC  2025-10-08T09:00:03Z  acknowledged; its signed receipt holds, by its key "
                        + network.identity("CA-RC").signingFingerprint().hex().substring(0, 16) + "...")
                .contains("SF-RC  -                     waiting, no signed receipt");
    }

    @Test
    void saysTheSameAsJson() throws Exception {
        Path ca = network.identityFolder(SiteId.of("FL-LAB"));
        Path sent = Files.write(folder.resolve("sent.csv"), new byte[] {1});
        CommandLineRun run =
                CommandLineRun.of("receipts", "--json", "--ca", ca, "--file", sent, receipts("CA-RC", CONTENT));

        assertThat(run.exitCode()).isEqualTo(1);
        JsonNode json = Json.read(run.out().getBytes(StandardCharsets.UTF_8), JsonNode.class);
        assertThat(json.path("proved").asBoolean(true)).isFalse();
        assertThat(json.path("receipts").asInt()).isEqualTo(1);
        assertThat(json.path("as_of").isMissingNode()).isTrue();
        JsonNode message = json.path("messages").path(0);
        assertThat(message.path("file_name").asText()).isEqualTo("results.csv");
        assertThat(message.path("compared").asText()).isEqualTo(sent.toString());
        assertThat(message.path("complete").asBoolean(true)).isFalse();
        JsonNode recipient = message.path("recipients").path(0);
        assertThat(recipient.path("final").asBoolean()).isTrue();
        assertThat(recipient.path("received_timestamp").asText()).isEqualTo("2025-10-08T09:00:03Z");
        assertThat(recipient.path("signer").asText()).isEqualTo("CA-RC");
        assertThat(recipient.fieldNames())
                .toIterable()
                .containsExactly(
                        "receiver_client_id", "state", "final", "holds", "received_timestamp", "signer", "key");
        assertThat(recipient.path("key").asText())
                .isEqualTo(network.identity("CA-RC").signingFingerprint().hex());
    }

    @Test
    void judgesCertificatesAsOfADate() throws Exception {
        Path ca = network.identityFolder(SiteId.of("FL-LAB"));
        Path receipts = receipts("CA-RC", CONTENT);
        CommandLineRun before = CommandLineRun.of("receipts", "--ca", ca, "--at", "2001-01-31", receipts);
        CommandLineRun now = CommandLineRun.of("receipts", "--ca", ca, "--at", Instant.now(), receipts);

        assertThat(before.out())
                .contains("its receipt does not hold: the certificate of CA-RC is valid from ")
                .contains("Certificates are judged as of 2001-01-31T00:00:00Z, not as of now.");
        assertThat(now.out()).contains("its signed receipt holds as of ");
        assertThat(CommandLineRun.of("receipts", "--ca", ca, "--at", "2999-01-01", receipts))
                .satisfies(run -> {
                    assertThat(run.exitCode()).isEqualTo(2);
                    assertThat(run.err()).contains("Expected --at in the past");
                });
        assertThat(CommandLineRun.of("receipts", "--ca", ca, "--at", "31.1.2026", receipts)
                        .err())
                .contains("Expected --at as 2026-01-31");
    }

    /** The receipts are of a folder's tar, which a person at the laboratory does not have. */
    @Test
    void comparesAFolderAsItTravels() throws Exception {
        Path sent = Files.createDirectories(folder.resolve("run 7"));
        Files.writeString(sent.resolve("a.csv"), "1,2");
        Sha256 digest = SentContent.of(sent, SystemFiles.USUAL).sha256();
        Files.writeString(sent.resolve(".DS_Store"), "of a Mac");
        CommandLineRun run = CommandLineRun.of(
                "receipts",
                "--ca",
                network.identityFolder(SiteId.of("FL-LAB")),
                "--file",
                sent,
                receipts("CA-RC", digest));

        assertThat(run.out()).contains("  the bytes of " + sent);
    }

    @Test
    void takesHeadquartersWordForNoProof() throws Exception {
        Path ca = network.identityFolder(SiteId.of("FL-LAB"));
        Map<String, String> word = Map.of(
                "receiver_client_id", "SF-RC", "state", "headquarters' word", "told_timestamp", "2025-10-08T09:00:04Z");
        CommandLineRun pending = CommandLineRun.of("receipts", "--ca", ca, receipts("CA-RC", CONTENT, word));
        Map<String, String> left = Map.of("receiver_client_id", "SF-RC", "state", "acknowledged");
        CommandLineRun leftOut = CommandLineRun.of("receipts", "--ca", ca, receipts("CA-RC", CONTENT, left));

        assertThat(pending.exitCode()).isEqualTo(1);
        assertThat(pending.out())
                .contains(
                        "SF-RC  -                     headquarters' word since 2025-10-08T09:00:04Z, its signed receipt is pending");
        assertThat(leftOut.exitCode()).isEqualTo(1);
    }

    @Test
    void takesHeadquartersWordForGoodOnARecipientThatSignsNone() throws Exception {
        Map<String, String> exempt =
                Map.of("receiver_client_id", "SF-RC", "state", "headquarters' word", "receipts", "none");
        CommandLineRun run = CommandLineRun.of(
                "receipts", "--ca", network.identityFolder(SiteId.of("FL-LAB")), receipts("CA-RC", CONTENT, exempt));

        assertThat(run.exitCode()).as(run.err() + run.out()).isZero();
        assertThat(run.out())
                .contains("SF-RC  -                     headquarters' word for good: it signs no receipts");
    }

    @Test
    void saysWhetherTheReceiptsAreForAFile() throws Exception {
        Path receipts = receipts("CA-RC", CONTENT);
        Path ca = network.identityFolder(SiteId.of("FL-LAB"));
        Path sent = Files.write(folder.resolve("sent.csv"), new byte[] {1});
        Path other = Files.write(folder.resolve("other.csv"), new byte[] {2});

        assertThat(CommandLineRun.of("receipts", "--ca", ca, "--file", sent, receipts)
                        .out())
                .doesNotContain("not for this file");
        assertThat(CommandLineRun.of("receipts", "--ca", ca, "--file", other, receipts))
                .satisfies(run -> {
                    assertThat(run.exitCode()).isEqualTo(1);
                    assertThat(run.out())
                            .contains("not for this file: expected SHA-256 " + CONTENT)
                            .contains("no receipts for " + other + ", 1 bytes, SHA-256 ");
                });
        assertThat(CommandLineRun.of("receipts", "--ca", ca, "--file", sent, "--file", other, receipts)
                        .out())
                .contains("  the bytes of " + sent)
                .contains("no receipts for " + other)
                .doesNotContain("not for this file");
        assertThat(CommandLineRun.of("receipts", "--ca", ca, "--file", folder.resolve("none"), receipts)
                        .exitCode())
                .isEqualTo(1);
    }

    @Test
    void findsAReceiptOfAnotherSignerOrForOtherBytes() throws Exception {
        assertThat(check("NY-RC", CONTENT)).satisfies(run -> {
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.out()).contains("does not hold: Expected a receipt with the signer CA-RC, found NY-RC");
        });
        assertThat(check("CA-RC", Sha256.of(new byte[0]))).satisfies(run -> {
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.out()).contains("does not hold: Expected a receipt with the content_hmac ");
        });
    }
}
