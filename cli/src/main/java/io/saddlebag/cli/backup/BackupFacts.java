package io.saddlebag.cli.backup;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.saddlebag.message.SiteId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The first member of a back-up, {@value #MEMBER}.
 *
 * @param format {@value #FORMAT}
 * @param kind {@code hq}, {@code lab} or {@code rc}
 * @param time as of which it holds, by the site's clock
 * @param schema the scripts that made headquarters' tables; null at other sites
 * @param tables headquarters' tables with their columns; null at other sites
 */
@JsonPropertyOrder({"format", "site", "kind", "time", "version", "schema", "tables"})
@JsonInclude(JsonInclude.Include.NON_NULL)
record BackupFacts(
        @JsonProperty("format") String format,
        @JsonProperty("site") SiteId site,
        @JsonProperty("kind") String kind,
        @JsonProperty("time") Instant time,
        @JsonProperty("version") String version,
        @JsonProperty("schema") List<String> schema,
        @JsonProperty("tables") Map<String, List<String>> tables) {
    static final String MEMBER = "backup.json";
    static final String FORMAT = "saddlebag-backup/1";

    BackupFacts {
        if (!FORMAT.equals(format)) {
            throw new IllegalArgumentException("Expected a back-up of the format " + FORMAT + ", found " + format);
        }
        Objects.requireNonNull(site, "site");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(time, "time");
    }
}
