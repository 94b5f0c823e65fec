package io.saddlebag.hq.deliver;

import io.saddlebag.hq.queue.PendingDelivery;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.PayloadStore;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.message.Manifest;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.Part;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import java.io.IOException;

/** A delivery as MESSAGE frames, one a part, each read from the payload store when its turn comes. Blocks on the disk. */
final class DeliveryFrames {
    private final PayloadStore payloads;

    DeliveryFrames(PayloadStore payloads) {
        this.payloads = payloads;
    }

    static int parts(QueuedDelivery delivery) {
        return Manifest.partsOf(delivery.payload().bodyLength());
    }

    /**
     * @param token what the client acknowledges with
     * @param part from 1
     * @param isFirst whether this push begins with it: then the manifest comes along
     * @throws IOException when the payload cannot be read or is damaged
     */
    StompFrame frame(String subscriptionId, String token, PendingDelivery pending, int part, boolean isFirst)
            throws IOException {
        QueuedDelivery delivery = pending.delivery();
        PayloadRef payload = delivery.payload();
        byte[] body = payloads.part(payload, part, isFirst);
        return StompFrame.of(StompCommand.MESSAGE)
                .header(Headers.SUBSCRIPTION, subscriptionId)
                .header(Headers.MESSAGE_ID_OF_STOMP, delivery.queueName() + "/" + delivery.messageNumber())
                .header(Headers.ACK, token)
                .header(Headers.DESTINATION, Headers.QUEUE_PREFIX + delivery.queueName())
                .header(Headers.MESSAGE_ID, delivery.messageId().value())
                .header(Headers.SENDER_ID, delivery.senderId().value())
                .header(Headers.SENT_TIMESTAMP, delivery.sentTimestamp().toString())
                .header(Headers.ROUTING_KEY, delivery.routingKey())
                .header(Headers.RECEIVER_CLIENT_ID, delivery.receiverClientId().value())
                .header(Headers.PART, new Part(part, parts(delivery)).toString())
                .header(Headers.MANIFEST_LENGTH, isFirst ? Integer.toString(payload.manifestLength()) : null)
                .header(Headers.ATTEMPT, pending.attempts())
                .header(Headers.CONTENT_LENGTH, body.length)
                .body(body)
                .build();
    }
}
