package io.saddlebag.lab.records;

import io.saddlebag.message.MessageId;
import java.nio.file.Path;
import java.time.Instant;

/**
 * The verdict on a kept file when its folder is tidied.
 *
 * @param messageId null when it has none
 * @param bytes of its content; 0 when that is not known
 * @param since when headquarters confirmed it, or it failed, UTC
 * @param stays why it stays; null when it goes
 */
public record TidyDecision(Path file, MessageId messageId, long bytes, Instant since, String stays) {
    public boolean goes() {
        return stays == null;
    }

    /** The same file, which stays after all. */
    public TidyDecision staying(String why) {
        return new TidyDecision(file, messageId, bytes, since, why);
    }
}
