package io.saddlebag.bench.load;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Locale;

/**
 * The figures of a run. Rates are per second, latencies in microseconds, memory in MB of 10^6 bytes. The latency {@code e2e}
 * ends with the delivery, {@code conf} with headquarters' confirm. The tenths are tenths of the measured time.
 */
@JsonPropertyOrder(alphabetic = false)
public record Result(
        @JsonProperty("pub_s") double published,
        @JsonProperty("dlv_s") double delivered,
        @JsonProperty("pub_MBps") double megabytes,
        @JsonProperty("e2e_p50_us") double endToEndMedian,
        @JsonProperty("e2e_p99_us") double endToEnd99,
        @JsonProperty("e2e_p999_us") double endToEnd999,
        @JsonProperty("conf_p50_us") double confirmMedian,
        @JsonProperty("conf_p99_us") double confirm99,
        @JsonProperty("broker_cores") double brokerCores,
        @JsonProperty("hq_cores") double hqCores,
        @JsonProperty("postgres_cores") double postgresCores,
        @JsonProperty("client_cores") double clientCores,
        @JsonProperty("rss_MB") double hqResident,
        @JsonProperty("postgres_rss_MB") double postgresResident,
        @JsonProperty("sent") long sent,
        @JsonProperty("undelivered") long undelivered,
        @JsonProperty("unconfirmed") long unconfirmed,
        @JsonProperty("dup") long duplicates,
        @JsonProperty("errors") long errors,
        @JsonProperty("second_tenth_s") double secondTenth,
        @JsonProperty("last_tenth_s") double lastTenth) {
    /** A table for people; a line a figure. */
    public String table() {
        return String.format(
                Locale.ROOT,
                """
                published and acknowledged end to end  %,12.0f /s
                deliveries                             %,12.0f /s
                sealed bytes                           %,12.1f MB/s
                end to end   p50 / p99 / p99.9         %,12.0f / %,.0f / %,.0f us
                confirm      p50 / p99                 %,12.0f / %,.0f us
                processors   HQ + PostgreSQL           %12.2f + %.2f cores (this load %.2f)
                CPU per message, HQ + PostgreSQL       %,12.0f us
                resident     HQ / PostgreSQL           %,12.0f / %,.0f MB
                sent in all, with the warm-up          %,12d
                second / last tenth of the time        %,12.0f / %,.0f /s
                undelivered / unconfirmed / duplicates / errors  %d / %d / %d / %d
                """,
                published,
                delivered,
                megabytes,
                endToEndMedian,
                endToEnd99,
                endToEnd999,
                confirmMedian,
                confirm99,
                hqCores,
                postgresCores,
                clientCores,
                cpuMicros(),
                hqResident,
                postgresResident,
                sent,
                secondTenth,
                lastTenth,
                undelivered,
                unconfirmed,
                duplicates,
                errors);
    }

    /** Processor time of headquarters and PostgreSQL a message, in microseconds. */
    @JsonProperty("cpu_us")
    double cpuMicros() {
        return published == 0 ? 0 : brokerCores / published * 1e6;
    }

    /** True when every sent message was confirmed and delivered once, without an error. */
    public boolean isClean() {
        return undelivered == 0 && unconfirmed == 0 && duplicates == 0 && errors == 0;
    }
}
