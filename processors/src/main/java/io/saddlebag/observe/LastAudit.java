package io.saddlebag.observe;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.saddlebag.files.AtomicFiles;
import io.saddlebag.message.Json;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * The last audit of a home, as {@code run/audit.json} has it.
 *
 * @param time when it ended
 * @param findings of all homes that were audited together
 */
@JsonPropertyOrder({"time", "findings"})
public record LastAudit(
        @JsonProperty("time") Instant time,
        @JsonProperty("findings") long findings) {
    public LastAudit {
        Objects.requireNonNull(time, "time");
    }

    private static Path file(SiteHome home) {
        return home.run().resolve("audit.json");
    }

    /** Does nothing in a home that never ran. */
    public static void write(SiteHome home, LastAudit audit) throws IOException {
        if (Files.isDirectory(home.run())) {
            AtomicFiles.replace(file(home), Json.writeForPeople(audit));
        }
    }

    /** Empty when there was none, or its note cannot be read. */
    public static Optional<LastAudit> read(SiteHome home) {
        try {
            return Optional.of(Json.read(Files.readAllBytes(file(home)), LastAudit.class));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
