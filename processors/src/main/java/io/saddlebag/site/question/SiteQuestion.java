package io.saddlebag.site.question;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.access.Modes;
import io.saddlebag.message.Json;
import io.saddlebag.message.Printable;
import io.saddlebag.site.RunningSite;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * A question of a command to a running site: a file {@code run/questions/<id>.question}, which {@link SiteQuestions} takes and
 * answers in {@code <id>.answer}. docs/formats.md describes both.
 *
 * @param subject which of the site's answers is wanted, such as {@code where}
 * @param about such as message_ids
 */
public record SiteQuestion(
        @JsonProperty("subject") String subject,
        @JsonProperty("about") List<String> about) {
    static final String QUESTION = ".question";
    static final String ANSWER = ".answer";

    private static final long LOOK_MILLIS = 10;

    public SiteQuestion {
        about = about == null ? List.of() : List.copyOf(about);
    }

    /**
     * @param fault why there is no answer; null when there is one
     * @param answer as the subject has it; null with a fault
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Answer(
            @JsonProperty("fault") String fault,
            @JsonProperty("answer") JsonNode answer) {}

    static Path folder(SiteHome home) {
        return home.run().resolve("questions");
    }

    /**
     * Asks the site and waits for its answer.
     *
     * @param type of the answer
     * @return empty when the site does not run
     * @throws IOException when the site gives no answer in time, or says why it gives none
     */
    public <T> Optional<T> ask(SiteHome home, Class<T> type, Duration patience) throws IOException, SiteStartException {
        if (!RunningSite.isRunning(home)) {
            return Optional.empty();
        }
        Path folder = folder(home);
        String id = UUID.randomUUID().toString();
        Path question = folder.resolve(id + QUESTION);
        Path answer = folder.resolve(id + ANSWER);
        long until = System.nanoTime() + patience.toNanos();
        try {
            // The site makes the folder when it starts, so that it is its own.
            while (!Files.isDirectory(folder)) {
                pause(until, patience);
            }
            put(question, this);
            return Optional.of(read(answer, type, until, patience));
        } finally {
            Files.deleteIfExists(question);
            Files.deleteIfExists(answer);
        }
    }

    /** A reader sees the file whole. It need not survive a power cut, nor lie where folders can be synced. */
    static void put(Path file, Object content) throws IOException {
        Path unfinished = file.resolveSibling("." + file.getFileName() + AtomicFiles.TEMPORARY_SUFFIX);
        Files.createFile(unfinished, Modes.PRIVATE_FILE);
        Files.write(unfinished, Json.write(content));
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static <T> T read(Path answer, Class<T> type, long until, Duration patience) throws IOException {
        while (true) {
            try {
                Answer found = Json.read(Files.readAllBytes(answer), Answer.class);
                if (found.fault() != null) {
                    throw new IOException("the site gives no answer: " + Printable.reason(found.fault()));
                }
                return Json.read(Json.write(found.answer()), type);
            } catch (NoSuchFileException e) {
                pause(until, patience);
            } catch (IllegalArgumentException e) {
                throw new IOException("the site is of another version: " + e.getMessage(), e);
            }
        }
    }

    private static void pause(long until, Duration patience) throws IOException {
        if (System.nanoTime() - until > 0) {
            throw new IOException("the site gave no answer within " + patience.toSeconds()
                    + " s. Run the command as the user that runs the site, and try again when it has started");
        }
        try {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for the site's answer", e);
        }
    }
}
