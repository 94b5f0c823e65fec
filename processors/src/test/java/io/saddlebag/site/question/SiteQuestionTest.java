package io.saddlebag.site.question;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatIOException;

import ch.qos.logback.classic.Level;
import io.saddlebag.site.RunningSite;
import io.saddlebag.site.SiteHome;
import io.saddlebag.testing.LoggedLines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A command that asks, and a site that answers, over one home. */
class SiteQuestionTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private SiteHome home;
    private RunningSite running;
    private SiteQuestions questions;

    @BeforeEach
    void run() throws Exception {
        home = new SiteHome(folder);
        running = RunningSite.claim(home, Clock.systemUTC());
        questions = new SiteQuestions(
                home,
                Map.of(
                        "echo",
                        CompletableFuture::completedFuture,
                        "fail",
                        about -> CompletableFuture.failedFuture(new IllegalStateException("the test says no"))));
        questions.process(null);
    }

    @AfterEach
    void stop() throws Exception {
        running.close();
    }

    /** The site looks as long as the command asks. */
    private String[] ask(SiteQuestion question) throws Exception {
        CompletableFuture<String[]> answer = CompletableFuture.supplyAsync(() -> {
            try {
                return question.ask(home, String[].class, PATIENCE).orElseThrow();
            } catch (Exception e) {
                throw new IllegalStateException(e.getMessage(), e);
            }
        });
        while (!answer.isDone()) {
            questions.process(null);
            Thread.onSpinWait();
        }
        return answer.get();
    }

    private Path inFolder(String name) {
        return home.run().resolve("questions").resolve(name);
    }

    @Test
    void answersAndLeavesNothing() throws Exception {
        assertThat(ask(new SiteQuestion("echo", List.of("one", "two")))).containsExactly("one", "two");
        assertThat(inFolder("")).isEmptyDirectory();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(inFolder(""))))
                .isEqualTo("rwx------");
    }

    @Test
    void saysWhyItGivesNoAnswer() {
        assertThat(new SiteQuestion("fail", List.of("x"))).satisfies(question -> assertThatException()
                .isThrownBy(() -> ask(question))
                .withMessageContaining("the test says no"));
        assertThat(new SiteQuestion("else", List.of()))
                .satisfies(question ->
                        assertThatException().isThrownBy(() -> ask(question)).withMessageContaining("found 'else'"));
    }

    @Test
    void isNotAskedWhenItDoesNotRun() throws Exception {
        running.close();

        assertThat(new SiteQuestion("echo", List.of()).ask(home, String[].class, PATIENCE))
                .isEmpty();
        assertThat(inFolder("")).isEmptyDirectory();
    }

    @Test
    void doesNotWaitForEver() {
        assertThatIOException()
                .isThrownBy(() -> new SiteQuestion("echo", List.of()).ask(home, String[].class, Duration.ofMillis(30)))
                .withMessageContaining("gave no answer");
        assertThat(inFolder("")).isEmptyDirectory();
    }

    @Test
    void clearsWhatNobodyWaitsForAndAnswersAQuestionThatItCannotRead() throws Exception {
        Path old = Files.createFile(inFolder("a.answer"));
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(120)));
        Files.writeString(inFolder("b.question"), "{");
        Files.createFile(inFolder("c.answer"));

        questions.process(null);

        assertThat(old).doesNotExist();
        assertThat(inFolder("c.answer")).exists();
        assertThat(inFolder("b.question")).doesNotExist();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(inFolder("b.answer"))))
                .isEqualTo("rw-------");
        assertThat(inFolder("b.answer")).content().contains("\"fault\"", "Expected JSON");
    }

    @Test
    void answersThoughOthersLeftMuchInTheFolder() throws Exception {
        for (int i = 0; i < 40; i++) {
            Files.createFile(inFolder(i + ".answer"));
        }
        Path closed = Files.createDirectories(inFolder("folder.question").resolve("full"));
        Files.setLastModifiedTime(closed.getParent(), FileTime.from(Instant.EPOCH.plusSeconds(1)));
        Files.createSymbolicLink(inFolder("link.question"), Path.of("/dev/zero"));
        Files.write(inFolder("long.question"), new byte[65 * 1024]);

        assertThat(ask(new SiteQuestion("echo", List.of("one")))).containsExactly("one");
        assertThat(inFolder("long.answer")).content().contains("Expected a question of at most 65536 bytes");
        assertThat(closed).exists();
    }

    /** A start may have made no folder yet. */
    @Test
    void waitsForTheFolder() throws Exception {
        Files.delete(inFolder(""));

        assertThat(ask(new SiteQuestion("echo", List.of("x")))).containsExactly("x");
    }

    @Test
    void saysOnceThatTheFolderIsNone() throws Exception {
        Files.delete(inFolder(""));
        Files.createFile(home.run().resolve("questions"));
        try (LoggedLines lines = LoggedLines.of(SiteQuestions.class)) {
            questions.process(null);
            questions.process(null);

            assertThat(lines.at(Level.WARN))
                    .singleElement()
                    .asString()
                    .contains("the questions of commands are not answered");
        }
    }
}
