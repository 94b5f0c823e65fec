package io.saddlebag.cli.where;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.cli.where.Step.Basis;
import io.saddlebag.cli.where.Step.Kind;
import io.saddlebag.message.Json;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Files of a laboratory that never became a message: they lie in {@code drop/} still, or in {@code failed/}. */
record UntakenFiles(SiteHome home, SiteId site) {
    private static final String REASON = ".reason.json";
    private static final int DEPTH = 6;

    /**
     * @param name of the file
     * @param ids the messages that are found; of files in {@code failed/} theirs are left out, and {@code drop/} is not
     *     looked through, where a route may leave files that were sent
     */
    List<Whereabouts.Found> named(String name, Set<MessageId> ids) throws IOException {
        List<Whereabouts.Found> found = new ArrayList<>();
        if (!isFileName(name)) {
            return found;
        }
        Path failed = home.resolve("failed");
        Path why = failed.resolve(name + REASON);
        if (isThere(failed.resolve(name)) && !isOfOne(why, ids)) {
            found.add(refused(name, why, site + ", failed/"));
        }
        for (Path each : ids.isEmpty() ? dropped(name) : List.<Path>of()) {
            String folder = home.nameOf(each.getParent());
            Path reason = each.resolveSibling(name + REASON);
            found.add(
                    isThere(reason)
                            ? refused(name, reason, site + ", " + folder)
                            : found(
                                    name,
                                    Timeline.State.UNDER_WAY,
                                    "lies in " + folder
                                            + " and is not taken yet: a program writes to it, no route takes"
                                            + " that name, or the laboratory does not run",
                                    List.of()));
        }
        return found;
    }

    private static boolean isFileName(String name) {
        try {
            return !name.isEmpty()
                    && !name.equals(".")
                    && !name.equals("..")
                    && Path.of(name).getNameCount() == 1;
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static boolean isOfOne(Path reasonFile, Set<MessageId> ids) {
        String id =
                read(reasonFile).map(each -> each.path("message_id").asText()).orElse("");
        return ids.stream().anyMatch(each -> each.value().equals(id));
    }

    private static boolean isThere(Path file) {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }

    private List<Path> dropped(String name) throws IOException {
        Path drop = home.resolve("drop");
        if (!Files.isDirectory(drop)) {
            return List.of();
        }
        try (Stream<Path> files = Files.find(
                drop, DEPTH, (file, look) -> file.getFileName().toString().equals(name))) {
            return files.limit(Records.MOST).toList();
        } catch (UncheckedIOException e) {
            // A file or folder that went meanwhile.
            return List.of();
        }
    }

    private Whereabouts.Found refused(String name, Path reasonFile, String place) {
        Optional<JsonNode> reason = read(reasonFile);
        String why = reason.map(each ->
                        each.path("code").asText() + ": " + each.path("reason").asText())
                .orElse("there is no reason next to it");
        Instant time = reason.map(each -> instant(each.path("failed_timestamp").asText()))
                .orElse(null);
        return found(
                name,
                Timeline.State.FAILED,
                "it was not taken: " + why,
                List.of(new Step(Kind.FAILED, time, place, Basis.RECORD, why)));
    }

    private static Optional<JsonNode> read(Path file) {
        try {
            return Optional.of(Json.read(Files.readAllBytes(file), JsonNode.class));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            return null;
        }
    }

    private Whereabouts.Found found(String name, Timeline.State state, String why, List<Step> steps) {
        return new Whereabouts.Found(null, site, name, null, null, List.of(new Timeline(null, state, why, steps)));
    }
}
