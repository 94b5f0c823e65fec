package io.saddlebag.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LimitedLinesTest {
    private final AtomicLong nanos = new AtomicLong(-5);
    private final LimitedLines lines = new LimitedLines(nanos::get);

    @Test
    void logsABurstThenNothingAndTellsLaterHowManyWereLeftOut() {
        for (int i = 0; i < LimitedLines.BURST; i++) {
            assertThat(lines.line("FL-LAB malformed")).contains("");
        }
        for (int i = 0; i < 57; i++) {
            assertThat(lines.line("FL-LAB malformed")).isEmpty();
        }

        nanos.addAndGet(TimeUnit.MINUTES.toNanos(1));

        assertThat(lines.line("FL-LAB malformed")).contains(" (57 more like it were not logged)");
        assertThat(lines.line("FL-LAB malformed")).contains("");
    }

    @Test
    void hidesNoOtherSourceOrKind() {
        for (int i = 0; i < 1000; i++) {
            lines.line("FL-LAB malformed");
        }

        assertThat(lines.line("PA-LAB malformed")).contains("");
        assertThat(lines.line("FL-LAB too-large")).contains("");
    }

    @Test
    void holdsABoundedNumberOfKeys() {
        for (int i = 0; i <= LimitedLines.BURST; i++) {
            lines.line("often");
        }
        for (int i = 0; i < 255; i++) {
            lines.line("seldom " + i);
        }
        assertThat(lines.line("often")).as("used a moment ago").isEmpty();

        for (int i = 0; i < 256; i++) {
            lines.line("other " + i);
        }
        assertThat(lines.line("often")).contains("");
    }
}
