package io.saddlebag.cli.where;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.saddlebag.message.Json;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.file.Files;
import java.time.DateTimeException;
import java.time.Instant;

/** The file {@code run/status.json} of a running site, as far as it says why something waits. */
final class StatusFile {
    private final JsonNode status;

    private StatusFile(JsonNode status) {
        this.status = status;
    }

    /** Without such a file nothing is known. */
    static StatusFile of(SiteHome home) {
        try {
            return new StatusFile(Json.read(Files.readAllBytes(home.run().resolve("status.json")), JsonNode.class));
        } catch (IOException | IllegalArgumentException e) {
            return none();
        }
    }

    /** Nothing is known. */
    static StatusFile none() {
        return new StatusFile(MissingNode.getInstance());
    }

    /** Since when there is no connection, such as {@code since 2025-10-08T18:55:04.000Z}, with a space before it, or empty. */
    String linkSince() {
        JsonNode link = status.path("link");
        return link.path("state").asText().equals("down") ? since(link.path("since")) : "";
    }

    /** Since when the site is stopped, in the same form; empty after a kill. */
    String stoppedSince() {
        return since(status.path("stopped"));
    }

    /** A clause on a site that is not connected to headquarters; empty when it is, or nothing is known. */
    String away(SiteId site) {
        if (status.has("stopped")) {
            return "";
        }
        for (JsonNode each : status.path("sites")) {
            if (each.path("site").asText().equals(site.value())
                    && each.path("connections").asInt(1) == 0) {
                return site + " is not connected" + since(each.path("last_seen"));
            }
        }
        return "";
    }

    private static String since(JsonNode time) {
        try {
            return time.isTextual() ? " since " + TimeText.of(Instant.parse(time.asText())) : "";
        } catch (DateTimeException e) {
            return "";
        }
    }
}
