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
 * The last good back-up of a home, as {@code run/last-backup.json} has it.
 *
 * @param time as of which it holds
 * @param file where it was written
 * @param bytes its size
 */
@JsonPropertyOrder({"time", "file", "bytes"})
public record LastBackup(
        @JsonProperty("time") Instant time,
        @JsonProperty("file") String file,
        @JsonProperty("bytes") long bytes) {
    public LastBackup {
        Objects.requireNonNull(time, "time");
    }

    private static Path file(SiteHome home) {
        return home.run().resolve("last-backup.json");
    }

    public static void write(SiteHome home, LastBackup backup) throws IOException {
        AtomicFiles.replace(file(home), Json.writeForPeople(backup));
    }

    /** Empty when there was none, or its note cannot be read. */
    public static Optional<LastBackup> read(SiteHome home) {
        try {
            return Optional.of(Json.read(Files.readAllBytes(file(home)), LastBackup.class));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
