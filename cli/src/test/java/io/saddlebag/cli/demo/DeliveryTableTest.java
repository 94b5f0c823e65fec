package io.saddlebag.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class DeliveryTableTest {
    private static final Instant SENT = Instant.parse("2025-10-08T12:00:00.5Z");

    @Test
    void alignsItsColumnsAndShowsWhatIsMissing() {
        DeliveryTable table = new DeliveryTable();
        table.add(
                new HqRecords.Delivery(
                        "FL-LAB_DAT_20251008_001",
                        "FL-LAB",
                        "CA-RC",
                        SENT,
                        SENT.plusSeconds(1),
                        SENT.plusMillis(2345),
                        false,
                        false),
                true);
        table.add(
                new HqRecords.Delivery("PA-LAB_RPT_20251008_125", "PA-LAB", "SF-RC", SENT, null, null, false, false),
                false);
        StringWriter printed = new StringWriter();

        table.print(new PrintWriter(printed, true));

        assertThat(printed.toString().lines())
                .containsExactly(
                        "message                  to     sent      ACK after  digest",
                        "FL-LAB_DAT_20251008_001  CA-RC  12:00:00  2.3 s      equal",
                        "PA-LAB_RPT_20251008_125  SF-RC  12:00:00  -          OTHER")
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(60));
    }
}
