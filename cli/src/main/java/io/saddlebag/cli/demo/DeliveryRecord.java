package io.saddlebag.cli.demo;

import java.time.Instant;

/**
 * What headquarters knows of one delivery.
 *
 * @param sent when the lab took the file
 * @param delivered when it was last pushed to the centre; null before
 * @param acknowledged when the centre said that the file stands in its outbox; null before
 */
record DeliveryRecord(
        String messageId, String senderId, String receiverId, Instant sent, Instant delivered, Instant acknowledged) {}
