package io.saddlebag.console.find;

import java.time.Instant;
import java.util.List;

/**
 * A page of messages, the newest first.
 *
 * @param next where the next page begins; null when there is none
 * @param note a sentence on what was looked through; null when that is all
 */
public record FoundPage(List<Found> messages, String next, String note) {
    public FoundPage {
        messages = List.copyOf(messages);
    }

    /**
     * A message as one home has it.
     *
     * @param name of the file; null where it is not known
     * @param ways to its recipients
     */
    public record Found(String messageId, String sender, String name, long size, Instant time, List<Way> ways) {}

    /**
     * A message's way to a recipient.
     *
     * @param tone of the state
     * @param reason null when nothing is wrong
     */
    public record Way(String receiver, String state, String tone, String reason) {}
}
