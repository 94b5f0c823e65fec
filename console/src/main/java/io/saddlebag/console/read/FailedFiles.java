package io.saddlebag.console.read;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.saddlebag.message.Json;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The newest files in a laboratory's {@code failed/}, by their reasons. Their content is not looked at. */
public final class FailedFiles {
    private static final String REASON = ".reason.json";
    private static final int MOST_LOOKED = 5_000;
    private static final int MOST_SHOWN = 50;
    private static final long LARGEST_REASON = 1 << 20;

    private FailedFiles() {}

    /** @param entry its name in {@code failed/} */
    public record Failed(String entry, String fileName, String messageId, String code, String reason, Instant time) {}

    /** The reason as its file has it. */
    private record Reason(
            @JsonProperty("file_name") String fileName,
            @JsonProperty("message_id") String messageId,
            @JsonProperty("code") String code,
            @JsonProperty("reason") String reason,
            @JsonProperty("failed_timestamp") Instant time) {}

    private record Dated(Path file, Instant time) {}

    public static List<Failed> of(ConsoledHome home) {
        List<Dated> reasons = new ArrayList<>();
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(home.home().resolve("failed"), "*" + REASON)) {
            for (Path entry : entries) {
                BasicFileAttributes look;
                try {
                    look = Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                } catch (NoSuchFileException e) {
                    // It was put back just now.
                    continue;
                }
                if (look.isRegularFile() && look.size() <= LARGEST_REASON) {
                    reasons.add(new Dated(entry, look.lastModifiedTime().toInstant()));
                }
                if (reasons.size() >= MOST_LOOKED) {
                    break;
                }
            }
        } catch (IOException e) {
            return List.of();
        }
        reasons.sort(Comparator.comparing(Dated::time).reversed());
        List<Failed> failed = new ArrayList<>();
        for (Dated each : reasons.subList(0, Math.min(MOST_SHOWN, reasons.size()))) {
            try {
                Reason reason = Json.read(Files.readAllBytes(each.file()), Reason.class);
                failed.add(new Failed(
                        entry(each.file()),
                        reason.fileName(),
                        reason.messageId(),
                        reason.code(),
                        reason.reason(),
                        reason.time() == null ? each.time() : reason.time()));
            } catch (IOException | IllegalArgumentException e) {
                failed.add(new Failed(
                        entry(each.file()), entry(each.file()), null, null, "its reason cannot be read", each.time()));
            }
        }
        return failed;
    }

    private static String entry(Path reason) {
        String name = reason.getFileName().toString();
        return name.substring(0, name.length() - REASON.length());
    }
}
