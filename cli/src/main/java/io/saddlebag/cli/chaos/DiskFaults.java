package io.saddlebag.cli.chaos;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Takes disks away from sites and puts them back; nothing may be written into the bare folder meanwhile. */
final class DiskFaults {
    private final ChaosNetwork network;
    private final RunClock clock;
    private final Set<String> oddities;

    /** @param oddities takes what should not have happened */
    DiskFaults(ChaosNetwork network, RunClock clock, Set<String> oddities) {
        this.network = network;
        this.clock = clock;
        this.oddities = oddities;
    }

    /** While the site runs. */
    FaultPower.Undo lose(DiskPlace place) throws IOException {
        network.disk(place).takeAway();
        return () -> {
            putBack(place);
            return true;
        };
    }

    /** While the site is dead: it has to refuse its next start. */
    FaultPower.Undo absent(DiskPlace place) throws IOException {
        Target target = place.target();
        network.killWhole(target);
        network.disk(place).takeAway();
        RefusedStart start = RefusedStart.of(
                network, target, place.in(network.homes().home(target.site())).toString(), clock);
        return new FaultPower.Undo() {
            @Override
            public boolean isDue() {
                return start.isOver();
            }

            @Override
            public boolean run() throws IOException {
                start.wrong().ifPresent(wrong -> oddities.add(place + " absent: " + wrong));
                boolean refused = !start.isAlive();
                network.killWhole(target);
                putBack(place);
                network.start(target);
                return refused;
            }
        };
    }

    private void putBack(DiskPlace place) throws IOException {
        List<Path> below = network.disk(place).putBack();
        below.forEach(file -> oddities.add(place + " was away, and below its mount point was written " + file));
    }
}
