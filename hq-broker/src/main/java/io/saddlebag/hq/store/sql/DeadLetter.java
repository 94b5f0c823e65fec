package io.saddlebag.hq.store.sql;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;

/**
 * A delivery that was given up and whose sealed message is kept.
 *
 * @param deadLetteredTime when, UTC
 * @param attempts how often it was pushed to the receiver
 * @param bodySize of the sealed message, in bytes
 * @param reason why it was given up
 * @param lastError what went wrong the last time; null when nothing is known
 */
public record DeadLetter(
        @JsonProperty("queue_name") String queueName,
        @JsonProperty("message_id") String messageId,
        @JsonProperty("sender_id") String senderId,
        @JsonProperty("receiver_client_id") String receiverClientId,
        @JsonProperty("dead_lettered_time") Instant deadLetteredTime,
        @JsonProperty("attempts") int attempts,
        @JsonProperty("body_size") long bodySize,
        @JsonProperty("reason") String reason,
        @JsonProperty("last_error") String lastError) {}
