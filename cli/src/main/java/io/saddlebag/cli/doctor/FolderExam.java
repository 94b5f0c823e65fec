package io.saddlebag.cli.doctor;

import io.saddlebag.clock.Durations;
import io.saddlebag.files.DroppedName;
import io.saddlebag.files.SystemFiles;
import io.saddlebag.message.Printable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Folders that people use: names that are no text under this locale, and the settle time against the files in them. */
final class FolderExam {
    private static final char REPLACEMENT = '\uFFFD';
    private static final int MOST_ENTRIES = 100_000;
    private static final Duration LOOK_EVERY = Duration.ofMillis(100);
    private static final Duration FRESH = Duration.ofMinutes(1);
    private static final Duration LEFT_LYING = Duration.ofMinutes(10);
    private static final Duration AHEAD = Duration.ofSeconds(2);

    private final List<Path> folders;
    private final Duration settleTime;
    private final Duration lookFor;
    private final boolean isRunning;
    private final Clock clock;

    /**
     * @param settleTime of a laboratory; null for a site without drop folders
     * @param lookFor how long files that were changed lately are watched
     */
    FolderExam(List<Path> folders, Duration settleTime, Duration lookFor, boolean isRunning, Clock clock) {
        this.folders = List.copyOf(folders);
        this.settleTime = settleTime;
        this.lookFor = lookFor;
        this.isRunning = isRunning;
        this.clock = clock;
    }

    private record Look(long size, Instant modified) {}

    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        findings.add(locale());
        for (Path folder : folders) {
            try {
                names(folder, findings);
                if (settleTime != null) {
                    settle(folder, findings);
                }
            } catch (IOException | UncheckedIOException e) {
                findings.add(Finding.fail(
                        "folder",
                        folder + ": cannot be listed",
                        "Correct its owner and mode, or run this as the site's user"));
            }
        }
        return findings;
    }

    private static Finding locale() {
        String names = System.getProperty("sun.jnu.encoding");
        return "UTF-8".equalsIgnoreCase(names)
                ? Finding.ok("locale", "names of files are UTF-8")
                : Finding.fail(
                        "locale", "names of files are " + names, "Start with LC_ALL=C.UTF-8, as ./saddlebag does");
    }

    private static void names(Path folder, List<Finding> findings) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> entries = Files.walk(folder)) {
            List<String> broken = entries.limit(MOST_ENTRIES)
                    .map(Path::toString)
                    .filter(name -> name.indexOf(REPLACEMENT) >= 0)
                    .toList();
            if (!broken.isEmpty()) {
                findings.add(Finding.warn(
                        "locale",
                        broken.size() + " names in " + folder + " are no UTF-8, the first "
                                + Printable.of(broken.get(0)),
                        "Rename them (convmv -f latin1 -t utf-8); a file of such a name goes to failed/"));
            }
        }
    }

    private void settle(Path folder, List<Finding> findings) throws IOException {
        Map<Path, Look> first = look(folder);
        Instant now = clock.instant();
        for (Map.Entry<Path, Look> file : first.entrySet()) {
            Duration age = Duration.between(file.getValue().modified(), now);
            if (age.compareTo(AHEAD.negated()) < 0) {
                findings.add(Finding.warn(
                        "settle time",
                        file.getKey() + ": its time is " + Durations.text(Duration.ofSeconds(-age.toSeconds()))
                                + " ahead of this clock",
                        "Correct the clock of the file server, or of whoever writes there"));
                return;
            }
            if (isRunning && age.compareTo(LEFT_LYING.plus(settleTime)) > 0) {
                findings.add(Finding.warn(
                        "settle time",
                        file.getKey() + ": lies there since " + file.getValue().modified() + ", and is not taken",
                        "Look for its name in the site's log"));
                return;
            }
        }
        boolean isFresh = first.values().stream()
                .anyMatch(look -> Duration.between(look.modified(), now).compareTo(FRESH) < 0);
        Map<Path, Duration> pauses = isFresh ? pauses(folder, first) : Map.of();
        Map.Entry<Path, Duration> longest =
                pauses.entrySet().stream().max(Map.Entry.comparingByValue()).orElse(null);
        String found = folder.getFileName() + ": " + Durations.text(settleTime) + "; "
                + (longest == null
                        ? "no file grows there now"
                        : longest.getKey().getFileName() + " grows, with pauses of "
                                + longest.getValue().toMillis() + " ms");
        findings.add(
                longest != null && longest.getValue().multipliedBy(2).compareTo(settleTime) > 0
                        ? Finding.warn(
                                "settle time",
                                found,
                                "Set folder.settle-time to "
                                        + longest.getValue().multipliedBy(4).toSeconds()
                                        + "s or more, or have a .ready marker written at the end")
                        : Finding.ok("settle time", found));
    }

    /** The longest time between two changes of each file that changed more than once. */
    private Map<Path, Duration> pauses(Path folder, Map<Path, Look> first) throws IOException {
        Map<Path, Look> last = new HashMap<>(first);
        Map<Path, Long> changedAt = new HashMap<>();
        Map<Path, Duration> longest = new HashMap<>();
        long begun = System.nanoTime();
        while (System.nanoTime() - begun < lookFor.toNanos()) {
            pause();
            long now = System.nanoTime();
            look(folder).forEach((file, look) -> {
                if (!look.equals(last.put(file, look))) {
                    Long before = changedAt.put(file, now);
                    if (before != null) {
                        longest.merge(
                                file,
                                Duration.ofNanos(now - before),
                                (one, other) -> one.compareTo(other) > 0 ? one : other);
                    }
                }
            });
        }
        return longest;
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_EVERY.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Map<Path, Look> look(Path folder) throws IOException {
        Map<Path, Look> looks = new HashMap<>();
        if (Files.isDirectory(folder)) {
            try (Stream<Path> entries = Files.list(folder)) {
                for (Path entry : (Iterable<Path>) entries.limit(MOST_ENTRIES)::iterator) {
                    if (!DroppedName.isPassedOver(entry.getFileName().toString(), SystemFiles.USUAL)) {
                        try {
                            BasicFileAttributes attributes = Files.readAttributes(entry, BasicFileAttributes.class);
                            if (attributes.isRegularFile()) {
                                looks.put(
                                        entry,
                                        new Look(
                                                attributes.size(),
                                                attributes.lastModifiedTime().toInstant()));
                            }
                        } catch (IOException e) {
                            // Taken since it was listed.
                        }
                    }
                }
            }
        }
        return looks;
    }
}
