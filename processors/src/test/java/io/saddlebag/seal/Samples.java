package io.saddlebag.seal;

import io.saddlebag.message.Message;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.ReceiptSecret;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.time.Instant;
import java.util.Random;

/** Messages that the tests of sealing share. */
final class Samples {
    static final MessageId ID = MessageId.of("FL-LAB_DAT_20251008_001");
    static final SiteId LAB = SiteId.of("FL-LAB");
    static final SenderBinding BINDING =
            new SenderBinding(Sha256.of(new byte[] {1}), ID, LAB, Sha256.of(new byte[] {2}));

    private Samples() {}

    static byte[] content(int size) {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);
        return content;
    }

    static Message message(byte[] content) {
        return message(content.length, Sha256.of(content));
    }

    static Message message(long size, Sha256 sha256) {
        return new Message(
                ID,
                LAB,
                Instant.parse("2025-10-08T09:00:00Z"),
                Message.ATTACHED,
                "FL-LAB_DAT_20251008_001.csv",
                "text/csv",
                size,
                sha256,
                ReceiptSecret.of(new byte[ReceiptSecret.LENGTH]));
    }
}
