package io.saddlebag.rc.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.clock.RunningTime;
import io.saddlebag.files.Presence;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.SiteId;
import io.saddlebag.testing.RunningTimes;
import io.saddlebag.testing.TooDeep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutboxRetentionTest {
    private static final SiteId LAB = SiteId.of("FL-LAB");
    private static final Instant NOW = Instant.parse("2025-10-20T00:00:00Z");
    private static final OutboxRetention DONE = new OutboxRetention(Duration.ofHours(1), null);
    private static final OutboxRetention AGE = new OutboxRetention(null, Duration.ofDays(3));

    @TempDir
    private Path folder;

    private final Map<MessageId, Instant> arrivals = new HashMap<>();
    private final RunningTime time = RunningTimes.sinceEver(Clock.fixed(NOW, ZoneOffset.UTC));
    private Outbox outbox;

    @BeforeEach
    void make() throws IOException {
        outbox = new Outbox(folder, new Outbox.Extras(false, false), Presence.ALWAYS);
        Files.createDirectories(folder.resolve("FL-LAB"));
    }

    @Test
    void deletesWhatItsReaderIsDoneWithAndNothingElse() throws Exception {
        message(1, Duration.ofHours(2));
        message(2, Duration.ofDays(100));
        Files.createDirectory(file(id(1) + ".d"));
        Files.writeString(file(id(1) + ".d/within"), "x");
        file(id(1) + ".done", Duration.ofHours(1));

        assertThat(clear(DONE)).containsOnlyKeys(id(1));
        assertThat(names()).containsExactlyInAnyOrder(id(2) + ".csv", id(2) + ".message.json");
    }

    @Test
    void givesTheReaderTheTimeThatTheRouteSays() throws Exception {
        message(1, Duration.ofHours(2));
        file(id(1) + ".done", Duration.ofMinutes(59));

        assertThat(clear(DONE)).isEmpty();
        assertThat(names()).hasSize(3);
    }

    @Test
    void takesNoPayloadThatEndsAsTheMarkDoesForTheReadersWord() throws Exception {
        message(1, Duration.ofHours(2));
        file(id(1) + ".x.done", Duration.ofHours(2));
        file(id(1) + ".done.done", Duration.ofHours(2));

        assertThat(clear(DONE)).isEmpty();
        assertThat(names()).hasSize(4);
    }

    @Test
    void deletesWhatIsTooOldReadOrNot() throws Exception {
        message(1, Duration.ofDays(3));
        message(2, Duration.ofDays(3).minusSeconds(1));

        assertThat(clear(AGE)).containsOnlyKeys(id(1));
        assertThat(names()).containsExactlyInAnyOrder(id(2) + ".csv", id(2) + ".message.json");
    }

    @Test
    void goesByTheRecordsAndNotByAFilesTime() throws Exception {
        message(1, Duration.ofDays(100));
        arrivals.put(id(1), NOW.minus(Duration.ofDays(1)));

        assertThat(clear(AGE)).isEmpty();
    }

    @Test
    void leavesAloneWhatNobodyKnowsOf() throws Exception {
        file(id(1) + ".csv", Duration.ofDays(100));
        file(id(1) + ".done", Duration.ofDays(100));
        file("notes.done", Duration.ofDays(100));
        file("PA-LAB_DAT_20251008_001.done", Duration.ofDays(100));
        arrivals.put(MessageId.of("PA-LAB_DAT_20251008_001"), NOW.minus(Duration.ofDays(100)));

        assertThat(clear(new OutboxRetention(Duration.ZERO, Duration.ZERO))).isEmpty();
        assertThat(names()).hasSize(4);
    }

    @Test
    void takesACorrectionForAMessageOfItsOwn() throws Exception {
        message(1, Duration.ofDays(1));
        file(id(1) + "_r2.csv", Duration.ofDays(1));
        file(id(1) + ".done", Duration.ofDays(1));

        clear(DONE);

        assertThat(names()).containsExactly(id(1) + "_r2.csv");
    }

    @Test
    void finishesWhatACrashInterrupted() throws Exception {
        message(1, Duration.ofDays(1));
        Files.delete(file(id(1) + ".message.json"));
        file(id(1) + ".done", Duration.ofDays(1));

        clear(DONE);

        assertThat(names()).isEmpty();
    }

    @Test
    void letsWhatCannotBeDeletedHoldUpNothingElse() throws Exception {
        for (int number = 1; number <= 3; number++) {
            message(number, Duration.ofHours(2));
            file(id(number) + ".done", Duration.ofHours(1));
        }
        Path stays = file(id(2) + ".d");
        Path within = TooDeep.fill(stays);
        try {
            clear(DONE, id(2));
            assertThat(names())
                    .contains(id(2) + ".d", id(2) + ".done")
                    .doesNotContain(id(2) + ".message.json")
                    .noneMatch(name -> name.startsWith(id(1).value()) || name.startsWith(id(3).value()));
        } finally {
            Files.move(within, folder.resolve("within"));
        }

        clear(DONE);

        assertThat(names()).isEmpty();
    }

    @Test
    void takesABoundedNumberAtATime() throws Exception {
        for (int number = 1; number <= OutboxRetention.MOST + 1; number++) {
            message(number, Duration.ofDays(4));
        }

        assertThat(clear(AGE)).hasSize(OutboxRetention.MOST);
        assertThat(clear(AGE)).hasSize(1);
        assertThat(names()).isEmpty();
    }

    @Test
    void findsNothingWhereNothingCame() throws Exception {
        assertThat(AGE.due(outbox, SiteId.of("PA-LAB"), arrivals::get, time)).isEmpty();
        assertThat(new Outbox(folder.resolve("none"), new Outbox.Extras(false, false), Presence.ALWAYS).senders())
                .isEmpty();
        assertThat(outbox.senders()).containsExactly(LAB);
    }

    private Map<MessageId, String> clear(OutboxRetention retention, MessageId... left) throws IOException {
        Map<MessageId, String> due = retention.due(outbox, LAB, arrivals::get, time);
        assertThat(OutboxRetention.delete(outbox, LAB, due.keySet()).keySet()).containsExactly(left);
        return due;
    }

    private void message(int number, Duration age) throws IOException {
        file(id(number) + ".csv", age);
        file(id(number) + ".message.json", age);
        arrivals.put(id(number), NOW.minus(age));
    }

    private void file(String name, Duration age) throws IOException {
        Files.writeString(file(name), "x");
        Files.setLastModifiedTime(file(name), FileTime.from(NOW.minus(age)));
    }

    private Path file(String name) {
        return folder.resolve("FL-LAB").resolve(name);
    }

    private Stream<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("FL-LAB"))) {
            return files.map(each -> each.getFileName().toString()).toList().stream();
        }
    }

    private static MessageId id(int number) {
        return MessageId.of("FL-LAB_DAT_20251008_%03d".formatted(number));
    }
}
