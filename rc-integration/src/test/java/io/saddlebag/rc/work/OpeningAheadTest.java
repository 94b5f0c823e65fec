package io.saddlebag.rc.work;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.message.Json;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Sha256;
import io.saddlebag.rc.Letters;
import io.saddlebag.rc.deliver.OpenAhead;
import io.saddlebag.rc.intake.Arrival;
import io.saddlebag.rc.intake.DeliveryWindow;
import io.saddlebag.seal.AgeIdentity;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.TestNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpeningAheadTest {
    private static final Sha256 MANIFEST = Sha256.of(new byte[] {1});

    @TempDir
    private Path folder;

    private OpenedSeal opened;
    private OpeningAhead ahead;

    @BeforeEach
    void open() throws IOException {
        opened = new OpenedSeal(Files.write(folder.resolve("opened"), new byte[] {1}), null, null);
        ahead = new OpeningAhead(new GrowingParts(folder.resolve("parts"), 0));
    }

    @Test
    void handsOverWhatWasOpenedAndLeavesItAloneThen() throws Exception {
        ahead.begin(MANIFEST);
        ahead.end(opened);

        assertThat(ahead.take(MANIFEST)).isSameAs(opened);
        ahead.discard();
        assertThat(opened.file()).exists();
    }

    @Test
    void handsOverNothingOfAnotherManifest() throws Exception {
        ahead.begin(MANIFEST);
        ahead.end(opened);

        assertThat(ahead.take(Sha256.of(new byte[] {2}))).isNull();
        assertThat(opened.file()).doesNotExist();
    }

    @Test
    void handsOverNothingOnceItWasAbandoned() throws Exception {
        ahead.begin(MANIFEST);
        ahead.parts().abandon();
        ahead.end(opened);

        assertThat(ahead.take(MANIFEST)).isNull();
        assertThat(opened.file()).doesNotExist();
    }

    @Test
    void handsOverNothingThatWasNeverBegunOrWasGivenUp() throws Exception {
        assertThat(ahead.take(MANIFEST)).isNull();
        assertThat(ahead.begin(MANIFEST)).isFalse();

        OpeningAhead givenUp = new OpeningAhead(new GrowingParts(folder.resolve("parts"), 0));
        givenUp.begin(MANIFEST);
        givenUp.end(null);
        assertThat(givenUp.take(MANIFEST)).isNull();
    }

    @Test
    void endsWhenThereIsNoThreadForIt() throws Exception {
        Letters letters = new Letters(
                TestNetwork.create(folder.resolve("network")).identity("FL-LAB"),
                AgeIdentity.generate().recipient());
        Arrival arrival = new Arrival(
                StompFrame.of(StompCommand.MESSAGE).build(), null, null, new DeliveryWindow(1, 1), () -> {});
        arrival.verified(
                Json.read(
                        letters.letter("FL-LAB_DAT_20251008_001", "x", new byte[1])
                                .manifest(),
                        Manifest.class),
                MANIFEST);
        arrival.opensAhead(ahead);
        ThreadFactory none = task -> {
            throw new OutOfMemoryError("unable to create native thread, as the test says");
        };
        try (DefaultCamelContext context = new DefaultCamelContext();
                OpenAhead step = new OpenAhead(null, none)) {
            Exchange exchange = new DefaultExchange(context);
            exchange.setProperty(Arrival.PROPERTY, arrival);

            step.process(exchange);
        }

        AtomicBoolean hasEnded = new AtomicBoolean();
        ahead.whenEnded(() -> hasEnded.set(true));
        assertThat(hasEnded).isTrue();
    }

    @Test
    void waitsForTheEndOfTheWorkBeforeItSaysThatNothingIsLeft() throws Exception {
        ahead.begin(MANIFEST);
        CompletableFuture<Void> discarded = new CompletableFuture<>();
        Thread discarding = new Thread(() -> {
            try {
                ahead.discard();
                discarded.complete(null);
            } catch (IOException e) {
                discarded.completeExceptionally(e);
            }
        });
        discarding.start();
        Awaitility.await().until(() -> discarding.getState() == Thread.State.WAITING);
        assertThat(ahead.parts().isAbandoned()).isTrue();
        assertThat(discarded).isNotDone();

        ahead.end(opened);

        discarded.join();
        assertThat(opened.file()).doesNotExist();
    }
}
