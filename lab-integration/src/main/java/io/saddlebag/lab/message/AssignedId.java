package io.saddlebag.lab.message;

import io.saddlebag.files.DroppedName;
import io.saddlebag.message.MessageId;
import java.util.Optional;

/**
 * A message_id that this laboratory gave, as opposed to one in a file's name.
 *
 * @param series the beginning of the ids of its series, such as {@code FL-LAB_DAT_20251008_}
 * @param number in the series
 */
public record AssignedId(String series, long number) {
    /** Empty when the file's name is the id. */
    public static Optional<AssignedId> of(OutgoingMessage message) {
        boolean isInName = DroppedName.stem(message.claim().fileName())
                .equals(message.messageId().value());
        return isInName ? Optional.empty() : Optional.of(of(message.messageId()));
    }

    /** @throws NumberFormatException when it is a correction, which is never assigned */
    public static AssignedId of(MessageId id) {
        int end = id.value().lastIndexOf('_') + 1;
        return new AssignedId(
                id.value().substring(0, end), Long.parseLong(id.value().substring(end)));
    }

    public static MessageId id(String series, long number) {
        return MessageId.of(series + "%03d".formatted(number));
    }
}
