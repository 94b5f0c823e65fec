package io.saddlebag.lab.drop;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.saddlebag.files.Presence;
import io.saddlebag.lab.claim.DropRoot;
import io.saddlebag.lab.claim.DropRoots;
import io.saddlebag.lab.claim.Dropped;
import io.saddlebag.testing.LoggedLines;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class UntakenDropsTest {
    private static final IOException DENIED = new AccessDeniedException("a.csv");

    private final DropRoot root = new DropRoots(opened -> {}, folder -> Presence.ALWAYS).of(Path.of("/srv/drop"));
    private final UntakenDrops untaken = new UntakenDrops(Duration.ofSeconds(30));

    private Dropped file(String name) {
        return new Dropped(root, Path.of(name), null);
    }

    @Test
    void triesEachFileAtGrowingIntervals() {
        assertThat(untaken.failed(file("a"), DENIED)).isEqualTo(Duration.ofSeconds(30));
        assertThat(untaken.failed(file("a"), DENIED)).isEqualTo(Duration.ofMinutes(1));
        assertThat(untaken.failed(file("b"), DENIED)).isEqualTo(Duration.ofSeconds(30));
        for (int i = 0; i < 10; i++) {
            untaken.failed(file("a"), DENIED);
        }
        assertThat(untaken.failed(file("a"), DENIED)).isEqualTo(Duration.ofMinutes(15));
        untaken.taken(file("a"));
        assertThat(untaken.failed(file("a"), DENIED)).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void saysOnceThatAFolderCannotBeEmptiedAndThatItCanAgain() {
        try (LoggedLines log = LoggedLines.of(UntakenDrops.class)) {
            for (int i = 0; i < 5; i++) {
                untaken.failed(file("a"), DENIED);
                untaken.failed(file("b"), DENIED);
            }
            assertThat(log.at(Level.WARN))
                    .singleElement()
                    .asString()
                    .contains("/srv/drop", "access denied", "chmod 2770");

            untaken.taken(file("a"));
            assertThat(log.at(Level.INFO)).hasSize(1);
            untaken.failed(file("b"), DENIED);
            assertThat(log.at(Level.WARN)).hasSize(2);
        }
    }
}
