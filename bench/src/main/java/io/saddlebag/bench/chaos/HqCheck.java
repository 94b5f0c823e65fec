package io.saddlebag.bench.chaos;

import io.saddlebag.bench.chaos.fault.Target;
import io.saddlebag.cli.demo.HqRecords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Holds every dropped file against headquarters' records: one delivery for each recipient, acknowledged, no other. A
 * message that lost a bit may be a dead letter, when a line of ERROR names it, or doubtful, when a line of WARN does.
 */
public final class HqCheck {
    private static final String ERROR = "ERROR";
    private static final String WARN = "WARN";

    private final Path log;
    private final Excuses excuses;

    /** @param log of headquarters */
    public HqCheck(Path log, Excuses excuses) {
        this.log = log;
        this.excuses = excuses;
    }

    /** @param psqlUrl of a headquarters at work */
    public void run(String psqlUrl, List<DroppedFile> dropped, FolderCheck.Findings findings) throws IOException {
        try (HqRecords records = HqRecords.open(psqlUrl)) {
            judge(records.deliveries(), dropped, findings);
        } catch (SQLException e) {
            findings.others().add("headquarters' records cannot be read: " + e.getMessage());
        }
    }

    void judge(List<HqRecords.Delivery> deliveries, List<DroppedFile> dropped, FolderCheck.Findings findings)
            throws IOException {
        Map<String, DroppedFile> missing = new HashMap<>();
        for (DroppedFile file : dropped) {
            file.recipients().forEach(centre -> missing.put(name(file, centre), file));
        }
        for (HqRecords.Delivery delivery : deliveries) {
            String name = delivery.senderId() + " " + delivery.messageId() + " " + delivery.receiverId();
            DroppedFile file = missing.remove(name);
            if (file == null) {
                findings.duplicated().add("headquarters has also " + name);
            } else if (delivery.dead()) {
                judgeDamage("a dead letter", ERROR, name, file, findings);
            } else if (delivery.doubtful()) {
                judgeDamage("a doubtful delivery", WARN, name, file, findings);
            } else if (!delivery.isAcknowledged()) {
                findings.others().add("headquarters has no acknowledgement of " + name);
            }
        }
        missing.keySet().forEach(name -> findings.lost().add("headquarters has no record of " + name));
    }

    private void judgeDamage(String what, String level, String name, DroppedFile file, FolderCheck.Findings findings)
            throws IOException {
        if (!excuses.isDamaged(file)) {
            findings.failed().add("headquarters has " + what + " of " + name);
        } else if (!isNamed(level, file.messageId())) {
            findings.others()
                    .add("headquarters has " + what + " of " + name + ", and no line of " + level + " that names it");
        }
    }

    private boolean isNamed(String level, String messageId) throws IOException {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.anyMatch(line -> line.contains(" " + level + " ") && line.contains(messageId));
        }
    }

    private static String name(DroppedFile file, Target centre) {
        return file.sender() + " " + file.messageId() + " " + centre.site();
    }
}
