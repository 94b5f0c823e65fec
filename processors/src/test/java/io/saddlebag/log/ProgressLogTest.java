package io.saddlebag.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.saddlebag.testing.LoggedLines;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProgressLogTest {
    private static final long MIB = 1 << 20;

    private final LoggedLines log = LoggedLines.of(ProgressLog.class);
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);

    @AfterEach
    void close() {
        log.close();
    }

    private ProgressLog progress(long total) {
        return new ProgressLog("FL-LAB_DAT_20251008_001 (run7.bam)", "sealing", total, nanos::get);
    }

    private void pass(long seconds) {
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    @Test
    void saysOnceAMinuteHowFarItIsAndTheRateOfThatMinute() {
        ProgressLog progress = progress(2048 * MIB);
        progress.add(100 * MIB);
        pass(59);
        progress.add(0);
        assertThat(log.at(Level.INFO)).isEmpty();
        pass(1);
        progress.add(200 * MIB);
        progress.add(300 * MIB);
        pass(120);
        progress.add(600 * MIB);

        assertThat(log.at(Level.INFO))
                .containsExactly(
                        "FL-LAB_DAT_20251008_001 (run7.bam): sealing, 300.0 MiB of 2.0 GiB (14 %), 5.0 MiB/s",
                        "FL-LAB_DAT_20251008_001 (run7.bam): sealing, 1.2 GiB of 2.0 GiB (58 %), 7.5 MiB/s");
    }

    @Test
    void countsNoEarlierAttemptInTheRateAndNoPercentWithoutATotal() {
        ProgressLog resumed = progress(1000 * MIB);
        resumed.resumed(900 * MIB);
        ProgressLog open = progress(ProgressLog.UNKNOWN);
        pass(60);
        resumed.add(60 * MIB);
        open.add(600);

        assertThat(log.at(Level.INFO))
                .containsExactly(
                        "FL-LAB_DAT_20251008_001 (run7.bam): sealing, 960.0 MiB of 1000.0 MiB (96 %), 1.0 MiB/s",
                        "FL-LAB_DAT_20251008_001 (run7.bam): sealing, 600 bytes, 10 bytes/s");
    }

    @Test
    void countsWhatIsRead() throws Exception {
        try (InputStream in = progress(100).counting(new ByteArrayInputStream(new byte[100]))) {
            assertThat(in.read()).isZero();
            assertThat(in.readNBytes(49)).hasSize(49);
            pass(60);
            assertThat(in.readAllBytes()).hasSize(50);
        }

        assertThat(log.at(Level.INFO)).singleElement().asString().contains("100 bytes of 100 bytes (100 %)");
    }
}
