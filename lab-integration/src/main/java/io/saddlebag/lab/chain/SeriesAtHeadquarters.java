package io.saddlebag.lab.chain;

import io.saddlebag.lab.message.AssignedId;
import io.saddlebag.message.MessageId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * Finds the highest number of a series that headquarters has. Each question names the next {@value #NEAR} ids and others
 * at doubling distances, and the answer is the last of them that is there: a thousand numbers take a few questions. A hole
 * of more than {@value #NEAR} numbers may hide what comes behind it; a conflict then asks again from there.
 */
final class SeriesAtHeadquarters {
    private static final int NEAR = 128;
    private static final long HIGHEST = 999_999_999_999L;

    private final ChainQuestions questions;

    SeriesAtHeadquarters(ChainQuestions questions) {
        this.questions = Objects.requireNonNull(questions, "questions");
    }

    /**
     * @param from a number that is known to be taken; 0 for none
     * @return {@code from} when headquarters has none above it; fails as {@link ChainQuestions#last}
     */
    CompletableFuture<Long> highest(String series, long from) {
        List<MessageId> asked = new ArrayList<>();
        for (long step = 1; from + step <= HIGHEST; step = step < NEAR ? step + 1 : step * 2) {
            asked.add(AssignedId.id(series, from + step));
        }
        if (asked.isEmpty()) {
            return CompletableFuture.completedFuture(from);
        }
        return questions
                .last(asked)
                .thenCompose(found -> found.isEmpty()
                        ? CompletableFuture.completedFuture(from)
                        : highest(
                                series,
                                AssignedId.of(found.get().manifest().messageId())
                                        .number()));
    }
}
