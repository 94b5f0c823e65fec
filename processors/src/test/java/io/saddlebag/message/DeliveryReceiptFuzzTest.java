package io.saddlebag.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.testing.FuzzTarget;
import java.time.Instant;
import java.util.List;

/** Delivery receipts, read behind their signature. */
class DeliveryReceiptFuzzTest extends FuzzTarget {
    @Override
    public List<byte[]> seeds() {
        Sha256 digest = Sha256.of(new byte[0]);
        return List.of(Json.write(DeliveryReceipt.received(
                digest,
                MessageId.of("FL-LAB_DAT_20251008_001"),
                SiteId.of("FL-LAB"),
                SiteId.of("CA-RC"),
                digest,
                digest,
                Instant.parse("2025-10-08T09:00:03.120Z"),
                1,
                1)));
    }

    @Override
    public boolean read(byte[] input) {
        DeliveryReceipt receipt;
        try {
            receipt = Json.read(input, DeliveryReceipt.class);
        } catch (IllegalArgumentException e) {
            return false;
        }
        assertThat(Json.read(Json.write(receipt), DeliveryReceipt.class)).isEqualTo(receipt);
        return true;
    }
}
