package io.saddlebag.rc.intake;

import io.saddlebag.message.MessageId;
import io.saddlebag.rc.records.RcJournal;
import io.saddlebag.rc.work.WorkFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The points from which a subscription resumes: the first part that this centre lacks of each delivery that broke off.
 * Blocks on the disk. For any number of threads.
 */
public final class ResumePoints {
    /** With that count the header stays within its limit. */
    private static final int MOST = 128;
    /** Beyond the last part of any message: this centre has all parts. */
    private static final int ALL = 9_999_999;

    private final WorkFolder work;
    private final RcJournal journal;
    private final Predicate<Path> isComing;

    /** @param isComing whether the parts in a file come in now, over another link; such a file is not cleared away */
    public ResumePoints(WorkFolder work, RcJournal journal, Predicate<Path> isComing) {
        this.isComing = isComing;
        this.work = work;
        this.journal = journal;
    }

    /** The value of the header {@code resume} for a queue; null when there is nothing to resume. */
    String header(String queue, int prefetch) throws IOException {
        int most = Math.min(prefetch, MOST);
        Map<MessageId, Integer> parts = new LinkedHashMap<>(work.lackingParts(queue, isComing));
        // Behind those: headquarters may know these already, since its answer can be lost. A message that is in the map
        // keeps its position.
        for (MessageId published : journal.unacknowledged(queue, most)) {
            parts.put(published, ALL);
        }
        return parts.isEmpty()
                ? null
                : parts.entrySet().stream()
                        .limit(most)
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .collect(Collectors.joining(","));
    }
}
