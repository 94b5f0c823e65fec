package io.saddlebag.cli.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.lab.SentReceipts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedList;
import java.util.List;

/** Follows the signed receipts back to the laboratories: one of each recipient for each file. For one thread. */
final class Receipts {
    private static final String ACKNOWLEDGED = "acknowledged";

    private final ScenarioHomes homes;
    private final ObjectMapper json = new ObjectMapper();
    private final List<DroppedFile> waiting;

    Receipts(ScenarioHomes homes, List<DroppedFile> dropped) {
        this.homes = homes;
        this.waiting = new LinkedList<>(dropped);
    }

    /** How many files' receipts are not all there. */
    int stillWaiting() throws IOException {
        for (Iterator<DroppedFile> each = waiting.iterator(); each.hasNext(); ) {
            if (isComplete(each.next())) {
                each.remove();
            }
        }
        return waiting.size();
    }

    private boolean isComplete(DroppedFile file) throws IOException {
        Path receipts = homes.home(file.sender()).resolve("sent").resolve(file.messageId() + SentReceipts.SUFFIX);
        if (!Files.exists(receipts)) {
            return false;
        }
        int acknowledged = 0;
        for (JsonNode recipient : json.readTree(receipts.toFile()).path("recipients")) {
            if (recipient.path("state").asText().equals(ACKNOWLEDGED) && recipient.has("receipt")) {
                acknowledged++;
            }
        }
        return acknowledged == file.recipients().size();
    }
}
