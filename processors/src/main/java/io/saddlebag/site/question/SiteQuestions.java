package io.saddlebag.site.question;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.files.access.Modes;
import io.saddlebag.log.FaultText;
import io.saddlebag.log.RepeatedFaults;
import io.saddlebag.message.Json;
import io.saddlebag.message.Printable;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Step {@code answerQuestions}: takes each {@link SiteQuestion} that lies in the home and answers it, one after the other.
 * Whoever may write into the folder is the site's own user. For one thread; waits for each answer.
 */
public final class SiteQuestions implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(SiteQuestions.class);
    private static final Duration PATIENCE = Duration.ofSeconds(4);
    /** After that nobody waits for an answer any more. */
    private static final Duration STALE = Duration.ofMinutes(1);

    private static final int MOST_AT_ONCE = 16;
    /** The longest question is of some 20 KB. */
    private static final long MOST_BYTES = 64 * 1024;

    private final Path folder;
    private final Map<String, Function<List<String>, ? extends CompletableFuture<?>>> answers;
    private final RepeatedFaults faults = new RepeatedFaults();

    /** @param answers by the question's subject; each is given what the question is about and does not block */
    public SiteQuestions(SiteHome home, Map<String, Function<List<String>, ? extends CompletableFuture<?>>> answers) {
        this.folder = SiteQuestion.folder(home);
        this.answers = Map.copyOf(answers);
    }

    @Override
    public void process(Exchange exchange) {
        try {
            look();
            faults.over();
        } catch (IOException e) {
            String reason = FaultText.of(e);
            faults.occurred(RepeatedFaults.kindOf(reason))
                    .ifPresent(repeats -> LOG.warn(
                            "{}: the questions of commands are not answered: {}{}",
                            folder,
                            Printable.reason(reason),
                            repeats));
        }
    }

    private void look() throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectory(folder, Modes.PRIVATE_FOLDER);
        }
        for (Path each : files()) {
            String name = each.getFileName().toString();
            if (isStale(each)) {
                Files.deleteIfExists(each);
            } else if (name.endsWith(SiteQuestion.QUESTION)) {
                String id = name.substring(0, name.length() - SiteQuestion.QUESTION.length());
                SiteQuestion.Answer answer = answer(each);
                // A question that is gone has nobody who waits for its answer.
                if (Files.deleteIfExists(each)) {
                    SiteQuestion.put(folder.resolve(id + SiteQuestion.ANSWER), answer);
                }
            }
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(each -> Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS))
                    .filter(each -> each.toString().endsWith(SiteQuestion.QUESTION) || isStale(each))
                    .limit(MOST_AT_ONCE)
                    .toList();
        }
    }

    private static boolean isStale(Path file) {
        long modified = file.toFile().lastModified();
        return modified != 0 && modified < Instant.now().minus(STALE).toEpochMilli();
    }

    private SiteQuestion.Answer answer(Path question) {
        try {
            long size = Files.size(question);
            if (size > MOST_BYTES) {
                return fault("Expected a question of at most " + MOST_BYTES + " bytes, found " + size);
            }
            SiteQuestion asked = Json.read(Files.readAllBytes(question), SiteQuestion.class);
            Function<List<String>, ? extends CompletableFuture<?>> answerer = answers.get(asked.subject());
            if (answerer == null) {
                return fault("Expected a question about " + String.join(" or ", answers.keySet()) + ", found '"
                        + Printable.of(asked.subject()) + "'. Is the command of another version?");
            }
            Object answer = answerer.apply(asked.about()).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            return new SiteQuestion.Answer(null, Json.read(Json.write(answer), JsonNode.class));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return fault("the site stops");
        } catch (TimeoutException e) {
            return fault("headquarters did not answer within " + PATIENCE.toSeconds() + " s");
        } catch (ExecutionException e) {
            return fault(FaultText.of(e.getCause()));
        } catch (IOException | RuntimeException e) {
            LOG.debug("a command's question is not answered", e);
            return fault(FaultText.of(e));
        }
    }

    private static SiteQuestion.Answer fault(String fault) {
        return new SiteQuestion.Answer(Printable.reason(fault), null);
    }
}
