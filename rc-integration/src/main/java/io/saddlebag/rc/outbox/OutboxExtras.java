package io.saddlebag.rc.outbox;

/**
 * The files of a message in an outbox besides payload and standardized file.
 *
 * @param checksum {@code <payload>.sha256}, for {@code sha256sum -c}
 * @param readyMarker {@code <message_id>.ready}, empty, last of all
 */
public record OutboxExtras(boolean checksum, boolean readyMarker) {
    public static final OutboxExtras NONE = new OutboxExtras(false, false);
}
