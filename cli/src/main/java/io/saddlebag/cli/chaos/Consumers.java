package io.saddlebag.cli.chaos;

import io.saddlebag.cli.home.ScenarioHomes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The people at the centres: they notice each message as soon as its standardized file stands in the outbox, and take
 * every other one away at once, so that a message that is written twice shows. {@link #look} is for one thread.
 */
final class Consumers {
    private final ScenarioHomes homes;
    private final Map<Expected, Boolean> waiting = new LinkedHashMap<>();
    private final Map<Integer, Long> arrivedNanos = new ConcurrentHashMap<>();
    private final Map<Integer, Integer> missing = new ConcurrentHashMap<>();
    private final Set<String> oddities = ConcurrentHashMap.newKeySet();

    private record Expected(DroppedFile file, Target centre) {}

    Consumers(ScenarioHomes homes) {
        this.homes = homes;
    }

    /** From now on the file may arrive. */
    synchronized void expect(DroppedFile file) {
        missing.put(file.number(), file.recipients().size());
        file.recipients().forEach(centre -> waiting.put(new Expected(file, centre), true));
    }

    /** How many deliveries are still to come. */
    synchronized int stillWaiting() {
        return waiting.size();
    }

    /** When all recipients had the file, by {@link System#nanoTime}. */
    OptionalLong arrived(int number) {
        Long nanos = arrivedNanos.get(number);
        return nanos == null ? OptionalLong.empty() : OptionalLong.of(nanos);
    }

    /** What should not have happened when files were taken. */
    Set<String> oddities() {
        return oddities;
    }

    /** Looks once at everything that is still to come. */
    synchronized void look() {
        for (Iterator<Expected> each = waiting.keySet().iterator(); each.hasNext(); ) {
            Expected expected = each.next();
            DroppedFile file = expected.file();
            Path json = outbox(expected.centre(), file).resolve(file.messageId() + ".message.json");
            if (Files.exists(json)) {
                each.remove();
                if (missing.merge(file.number(), -1, Integer::sum) == 0) {
                    arrivedNanos.put(file.number(), System.nanoTime());
                }
                if (file.isTaken()) {
                    take(expected.centre(), file, json);
                }
            }
        }
    }

    private void take(Target centre, DroppedFile file, Path json) {
        Path folder = taken(centre, file);
        try {
            Files.createDirectories(folder);
            move(json.resolveSibling(file.fileName()), folder);
            move(json, folder);
        } catch (IOException e) {
            oddities.add(file.messageId() + " could not be taken from " + centre.site() + ": " + e);
        }
    }

    /** The outbox may lie on another file system. */
    private static void move(Path file, Path folder) throws IOException {
        Files.move(file, folder.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    }

    Path outbox(Target centre, DroppedFile file) {
        return homes.home(centre.site()).resolve("outbox").resolve(file.sender().value());
    }

    Path taken(Target centre, DroppedFile file) {
        return homes.folder()
                .resolve("taken")
                .resolve(centre.site().value())
                .resolve(file.sender().value());
    }
}
