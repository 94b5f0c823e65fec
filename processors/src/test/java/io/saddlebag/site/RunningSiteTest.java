package io.saddlebag.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunningSiteTest {
    private static final Instant NOW = Instant.parse("2025-10-08T12:00:00Z");

    private final Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);

    @TempDir
    private Path folder;

    private SiteHome home;

    @BeforeEach
    void home() {
        home = new SiteHome(folder);
    }

    @Test
    void tellsWhoRunsTheHomeAndWhenItIsAtWork() throws Exception {
        try (RunningSite site = RunningSite.claim(home, clock)) {
            assertThat(RunningSite.read(home)).get().satisfies(status -> {
                assertThat(status.ready()).isFalse();
                assertThat(status.pid()).isEqualTo(ProcessHandle.current().pid());
                assertThat(status.started()).isEqualTo(NOW);
            });

            site.ready(Map.of("port", "6161"));

            assertThat(RunningSite.read(home)).get().satisfies(status -> {
                assertThat(status.ready()).isTrue();
                assertThat(status.facts()).containsExactly(Map.entry("port", "6161"));
            });
        }
        assertThat(RunningSite.read(home)).isEmpty();
    }

    @Test
    void refusesAHomeThatRunsAndNamesWhoRunsIt() throws Exception {
        try (RunningSite site = RunningSite.claim(home, clock)) {
            assertThatThrownBy(() -> RunningSite.claim(home, clock))
                    .isInstanceOf(SiteStartException.class)
                    .hasMessageContaining("process " + ProcessHandle.current().pid() + " since " + NOW);
            assertThat(RunningSite.read(home)).isPresent();
        }
        RunningSite.claim(home, clock).close();
    }

    @Test
    void takesAHomeThatACommandLooksAt() throws Exception {
        Files.createDirectories(home.run());
        Path file = Files.createFile(home.run().resolve("lock"));
        CompletableFuture<Void> taken = new CompletableFuture<>();
        Thread start = new Thread(() -> {
            try {
                RunningSite.claim(home, clock).close();
                taken.complete(null);
            } catch (Exception e) {
                taken.completeExceptionally(e);
            }
        });

        // As RunningSite.isRunning does.
        try (FileChannel look = FileChannel.open(file, StandardOpenOption.WRITE)) {
            look.lock();
            start.start();
            await().pollInterval(Duration.ofMillis(1)).until(() -> start.getState() == Thread.State.TIMED_WAITING);
        }

        assertThat(taken).succeedsWithin(Duration.ofMinutes(1));
    }

    @Test
    void takesAHomeWhoseProcessWasKilled() throws Exception {
        Files.createDirectories(home.run());
        Files.createFile(home.run().resolve("lock"));
        Files.writeString(home.run().resolve("site.json"), "{\"pid\":1,\"ready\":true,\"facts\":{\"port\":\"1\"}}");

        try (RunningSite site = RunningSite.claim(home, clock)) {
            assertThat(RunningSite.read(home)).get().satisfies(status -> assertThat(status.ready())
                    .isFalse());
        }
    }
}
