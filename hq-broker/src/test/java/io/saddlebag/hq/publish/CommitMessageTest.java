package io.saddlebag.hq.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.files.Presence;
import io.saddlebag.hq.queue.QueueIndex;
import io.saddlebag.hq.receipts.SenderChains;
import io.saddlebag.hq.store.MemoryMessageStore;
import io.saddlebag.hq.store.PayloadStore;
import io.saddlebag.hq.store.Publication.Target;
import io.saddlebag.hq.store.commit.CommitWriter;
import io.saddlebag.hq.store.spool.SpoolPayloadStore;
import io.saddlebag.hq.testing.SignedMessage;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.testing.TestNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommitMessageTest {
    @TempDir
    Path folder;

    private boolean spoolHoldsAPayload() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("spool"))) {
            return files.anyMatch(file -> file.toString().endsWith(".payload"));
        }
    }

    @Test
    void anUploadThatCannotBePublishedLeavesNothingInTheSpool() throws Exception {
        SignedMessage message = SignedMessage.of(
                TestNetwork.create(folder).identity("FL-LAB"),
                "FL-LAB_DAT_20251008_001",
                Manifest.PART_SIZE + 5,
                null,
                "CA-RC");
        Sha256 sha256 = Sha256.of(message.envelope());
        try (PayloadStore payloads = new SpoolPayloadStore(folder.resolve("spool"), Presence.ALWAYS);
                CommitWriter writer =
                        new CommitWriter(new MemoryMessageStore(), payloads, 100, CommitWriter.Parts.alone())) {
            Submission submission = new Submission(PublishFrame.of(message.frame(2)));
            submission.signed(message.manifest(), sha256);
            submission.routed(List.of(new Target(SiteId.of("CA-RC"), "ca_rc_queue", "ca_rc")));
            try (PayloadStore.Upload upload = payloads.upload(
                    SiteId.of("FL-LAB"),
                    message.manifest().messageId(),
                    message.envelope(),
                    sha256,
                    message.body().length)) {
                upload.append(Arrays.copyOf(message.body(), Manifest.PART_SIZE));
                upload.append(Arrays.copyOfRange(message.body(), Manifest.PART_SIZE, message.body().length));
                submission.uploaded(upload.complete(Sha256.of(message.body())));
            }
            assertThat(spoolHoldsAPayload()).isTrue();
            Exchange exchange = new DefaultExchange(new DefaultCamelContext());
            exchange.setProperty(Submission.PROPERTY, submission);
            // A time of receipt that no row can hold.
            Clock wrong = Clock.fixed(Instant.parse("+10000-01-01T00:00:00Z"), ZoneOffset.UTC);
            QueueIndex index = new QueueIndex((queue, priority, after, limit) -> List.of(), Runnable::run, 10);
            CompletableFuture<Boolean> answered = new CompletableFuture<>();

            new CommitMessage(writer, index, new SenderChains(), wrong, stored -> {}, repeated -> {})
                    .process(exchange, answered::complete);

            assertThat(answered).isCompleted();
            assertThat(exchange.getException()).isInstanceOf(Refusal.class);
            await().until(() -> !spoolHoldsAPayload());
        }
    }
}
