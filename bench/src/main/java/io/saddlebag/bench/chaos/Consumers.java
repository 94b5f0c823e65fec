package io.saddlebag.bench.chaos;

import io.saddlebag.bench.chaos.fault.RunClock;
import io.saddlebag.bench.chaos.fault.Target;
import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.message.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The readers of the outboxes. They check each message when its standardized file appears, and take every second one
 * away, which shows a message that is written twice. They remember the identity of the files that they leave, which shows
 * one that is overwritten. For one thread.
 */
public final class Consumers {
    private final ScenarioHomes homes;
    private final RunClock clock;
    private final Set<Expected> waiting = new LinkedHashSet<>();
    private final Set<Expected> givenUp = new LinkedHashSet<>();
    private final Map<Expected, String> standing = new HashMap<>();
    private final Map<Integer, Long> arrivedNanos = new HashMap<>();
    private final Map<Integer, Integer> missing = new HashMap<>();
    private final Map<Target, Integer> passed = new EnumMap<>(Target.class);
    private final Map<Target, Integer> toPass = new EnumMap<>(Target.class);
    private final Set<String> oddities = new HashSet<>();

    private record Expected(DroppedFile file, Target centre) {
        Stream<Target> way() {
            return Stream.of(file.lab(), Target.HQ, Target.POSTGRES, centre);
        }
    }

    public Consumers(ScenarioHomes homes, RunClock clock) {
        this.homes = homes;
        this.clock = clock;
    }

    /** From now on the file may arrive. */
    public void expect(DroppedFile file) {
        missing.put(file.number(), file.recipients().size());
        for (Target centre : file.recipients()) {
            Expected expected = new Expected(file, centre);
            waiting.add(expected);
            expected.way().forEach(target -> toPass.merge(target, 1, Integer::sum));
        }
    }

    /** The file is not waited for there any more; it may arrive all the same. */
    void giveUp(DroppedFile file, Target centre) {
        Expected expected = new Expected(file, centre);
        if (waiting.remove(expected)) {
            givenUp.add(expected);
            missing.merge(file.number(), -1, Integer::sum);
            expected.way().forEach(target -> toPass.merge(target, -1, Integer::sum));
        }
    }

    /** How many deliveries are still to come. */
    public int stillWaiting() {
        return waiting.size();
    }

    /** How many deliveries that have to pass the target have arrived. */
    int passed(Target target) {
        return passed.getOrDefault(target, 0);
    }

    /** How many deliveries that have to pass the target are still to come. */
    int stillToPass(Target target) {
        return toPass.getOrDefault(target, 0) - passed(target);
    }

    /** When all recipients had the file, by the run's clock. */
    public OptionalLong arrived(int number) {
        Long nanos = arrivedNanos.get(number);
        return nanos == null ? OptionalLong.empty() : OptionalLong.of(nanos);
    }

    /** Faults that were seen while files arrived and were taken. */
    Set<String> oddities() {
        return oddities;
    }

    /** Looks once at everything that is still to come. */
    public void look() {
        for (Iterator<Expected> each = waiting.iterator(); each.hasNext(); ) {
            Expected expected = each.next();
            if (Files.exists(facts(expected))) {
                each.remove();
                if (missing.merge(expected.file().number(), -1, Integer::sum) == 0) {
                    arrivedNanos.put(expected.file().number(), clock.nanos());
                }
                expected.way().forEach(target -> passed.merge(target, 1, Integer::sum));
                take(expected);
            }
        }
        List<Expected> late = givenUp.stream()
                .filter(expected -> Files.exists(facts(expected)))
                .toList();
        late.forEach(this::take);
        late.forEach(givenUp::remove);
    }

    private void take(Expected expected) {
        DroppedFile file = expected.file();
        Path facts = facts(expected);
        Path payload = facts.resolveSibling(file.fileName());
        try {
            if (!Sha256.of(Files.readAllBytes(payload)).equals(file.sha256())) {
                oddities.add(name(expected) + " was not whole when its standardized file stood");
            }
            if (file.isTaken()) {
                Path folder = taken(expected.centre(), file);
                Files.createDirectories(folder);
                move(payload, folder);
                move(facts, folder);
            } else {
                standing.put(expected, identity(payload) + identity(facts));
            }
        } catch (IOException e) {
            oddities.add(name(expected) + " could not be read or taken: " + e);
        }
    }

    /** True when the files in the outbox are the same that were seen first; for a message that was left there. */
    boolean isAsSeen(Target centre, DroppedFile file) throws IOException {
        Expected expected = new Expected(file, centre);
        Path facts = facts(expected);
        return (identity(facts.resolveSibling(file.fileName())) + identity(facts)).equals(standing.get(expected));
    }

    /** Differs after a second write, which makes another file or changes its time. */
    private static String identity(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return attributes.fileKey() + " " + attributes.lastModifiedTime() + " ";
    }

    private static String name(Expected expected) {
        return expected.centre().site() + " " + expected.file().messageId();
    }

    /** The outbox may lie on another file system. */
    private static void move(Path file, Path folder) throws IOException {
        Files.move(file, folder.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    }

    private Path facts(Expected expected) {
        DroppedFile file = expected.file();
        return outbox(expected.centre(), file).resolve(file.messageId() + ".message.json");
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
