package io.saddlebag.rc.outbox;

/**
 * What stands in an outbox beside payload and standardized file.
 *
 * @param checksum {@code <payload>.sha256}, for {@code sha256sum -c}
 * @param readyMarker {@code <message_id>.ready}, empty, last of all
 */
public record OutboxExtras(boolean checksum, boolean readyMarker) {
    public static final OutboxExtras NONE = new OutboxExtras(false, false);
}
