package io.saddlebag.bench.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.lab.receipts.SentReceipts;
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
    private final Excuses excuses;

    /** @param excuses of dead letters, which have no receipt, and of files that their laboratory sent twice */
    Receipts(ScenarioHomes homes, List<DroppedFile> dropped, Excuses excuses) {
        this.homes = homes;
        this.excuses = excuses;
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
        if (excuses.isSentTwice(file) && Files.exists(FolderCheck.refused(homes, file))) {
            return true;
        }
        int acknowledged = 0;
        JsonNode told = Files.exists(receipts) ? json.readTree(receipts.toFile()) : json.createObjectNode();
        for (JsonNode recipient : told.path("recipients")) {
            if (recipient.path("state").asText().equals(ACKNOWLEDGED) && recipient.has("receipt")) {
                acknowledged++;
            }
        }
        long dead = file.recipients().stream()
                .filter(centre -> excuses.isDeadLetter(file, centre))
                .count();
        return acknowledged + dead == file.recipients().size();
    }
}
