package io.saddlebag.bench.chaos;

import io.saddlebag.bench.chaos.fault.Commands;
import io.saddlebag.bench.chaos.fault.RunClock;
import io.saddlebag.bench.chaos.fault.Target;
import io.saddlebag.files.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Puts an older copy of a laboratory's home back in its place, as after the loss of its disk. Its people then drop again
 * what they dropped since the copy was made.
 */
final class RestoreFault {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final ChaosNetwork network;
    private final FileDrops drops;
    private final Excuses excuses;
    private final RunClock clock;
    private final Set<DroppedFile> toDropAgain = new HashSet<>();

    RestoreFault(ChaosNetwork network, FileDrops drops, Excuses excuses, RunClock clock) {
        this.network = network;
        this.drops = drops;
        this.excuses = excuses;
        this.clock = clock;
    }

    /** Copies the home of a laboratory that is killed for it; the undoing puts the copy back. */
    FaultPower.Undo begin(Target lab) throws IOException {
        Path home = network.homes().home(lab.site()).folder();
        Path copy = Files.createTempDirectory(network.homes().folder(), "back-up-");
        network.kill(lab);
        Commands.run("cp", "-a", home + "/.", copy.toString());
        int before = drops.dropped().size();
        Set<String> sentBefore = namesBelow(home.resolve("sent"));
        long latest = clock.nanos() + PATIENCE_NANOS;
        network.start(lab);
        return new FaultPower.Undo() {
            private boolean sentMore;

            /** Once the laboratory has sent something that its copy does not know of. */
            @Override
            public boolean isDue() throws IOException {
                Set<String> sent = namesBelow(home.resolve("sent"));
                sent.removeAll(sentBefore);
                List<DroppedFile> since = since(lab, before);
                sentMore = since.isEmpty()
                        ? !sent.isEmpty()
                        : since.stream().anyMatch(file -> sent.contains(file.fileName()));
                return sentMore || clock.nanos() > latest;
            }

            @Override
            public boolean run() throws IOException {
                network.killWhole(lab);
                replace(home, copy);
                forgotten(lab, before, namesBelow(home.resolve("sent")));
                dropAgain();
                network.start(lab);
                return sentMore;
            }
        };
    }

    private void forgotten(Target lab, int before, Set<String> sent) {
        List<DroppedFile> ofLab =
                drops.dropped().stream().filter(file -> file.lab() == lab).toList();
        excuses.sentTwice(
                ofLab.stream().filter(file -> !sent.contains(file.fileName())).toList());
        toDropAgain.addAll(since(lab, before));
    }

    private List<DroppedFile> since(Target lab, int before) {
        return drops.dropped().stream()
                .skip(before)
                .filter(file -> file.lab() == lab)
                .toList();
    }

    /** Tries once to drop what still has to be dropped again; returns whether all of it was. */
    boolean dropAgain() throws IOException {
        for (DroppedFile file : Set.copyOf(toDropAgain)) {
            if (drops.drop(file)) {
                toDropAgain.remove(file);
            }
        }
        return toDropAgain.isEmpty();
    }

    /** The folder itself stays: it may be a mount point. */
    private static void replace(Path home, Path copy) throws IOException {
        try (Stream<Path> entries = Files.list(home)) {
            for (Path entry : entries.toList()) {
                FileTree.delete(entry);
            }
        }
        Commands.run("cp", "-a", copy + "/.", home.toString());
        FileTree.delete(copy);
    }

    private static Set<String> namesBelow(Path folder) throws IOException {
        return FolderCheck.filesBelow(folder).stream()
                .map(file -> file.getFileName().toString())
                .collect(Collectors.toCollection(HashSet::new));
    }
}
