package io.saddlebag.bench.load;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.Locale;
import java.util.Map;

/**
 * A run and what it left behind.
 *
 * @param run what was measured while it ran
 * @param heap MB of 10^6 bytes that live on headquarters' heap after it; null when the JVM has no {@code jcmd}
 * @param warm what the store took after the warm-up, MB by name
 * @param settled likewise once everything was acknowledged
 * @param backlog null when none was asked for
 */
@JsonPropertyOrder(alphabetic = false)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Report(
        @JsonUnwrapped Result run,
        @JsonProperty("heap_MB") Double heap,
        @JsonProperty("store_warm_MB") Map<String, Double> warm,
        @JsonProperty("store_settled_MB") Map<String, Double> settled,
        @JsonProperty("backlog") BacklogResult backlog) {

    /**
     * The figures of the messages that were queued beforehand.
     *
     * @param messages how many
     * @param filled confirmed per second while they were put there, before the run
     * @param firstDelivery seconds from the start of a new headquarters over all of them to the first delivery
     * @param drained deliveries per second after that
     * @param heap MB of 10^6 bytes that live on the new headquarters' heap after that; null without {@code jcmd}
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record BacklogResult(
            @JsonProperty("messages") int messages,
            @JsonProperty("fill_s") double filled,
            @JsonProperty("first_delivery_seconds") double firstDelivery,
            @JsonProperty("drain_s") double drained,
            @JsonProperty("heap_MB") Double heap) {
        private String table() {
            return String.format(Locale.ROOT, """
                    backlog                                %,12d messages, filled at %,.0f /s
                    after a restart                        %12.2f s to the first delivery, then %,.0f /s
                    live heap of HQ then                   %12s MB
                    """, messages, filled, firstDelivery, drained, megabytes(heap));
        }
    }

    Report with(BacklogResult result) {
        return new Report(run, heap, warm, settled, result);
    }

    /** For people; a line a figure. */
    public String table() {
        StringBuilder text = new StringBuilder(run.table());
        text.append(String.format(Locale.ROOT, "live heap of HQ after the run          %12s MB%n", megabytes(heap)));
        settled.forEach((name, size) -> text.append(String.format(
                Locale.ROOT,
                "on disk: %-29s %,12.1f MB after the warm-up, %,.1f MB when all was settled%n",
                name,
                warm.getOrDefault(name, 0.0),
                size)));
        return text.append(backlog == null ? "" : backlog.table()).toString();
    }

    private static String megabytes(Double value) {
        return value == null ? "?" : String.format(Locale.ROOT, "%,.0f", value);
    }
}
