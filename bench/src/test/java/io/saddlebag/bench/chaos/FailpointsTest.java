package io.saddlebag.bench.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.bench.chaos.fault.MachineLimits;
import io.saddlebag.bench.chaos.fault.RunClock;
import io.saddlebag.bench.chaos.fault.Target;
import io.saddlebag.failpoint.Failpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes that end at every failpoint, one after the other: each file arrives everywhere once all the same. */
@Tag("chaos")
class FailpointsTest {
    private static final long SEED = 3;
    private static final int MOST_UNDER_WAY = 12;
    private static final int TWO_PARTS = 1_200_000;
    private static final List<Target> SITES = List.of(Target.HQ, Target.FL_LAB, Target.CA_RC, Target.SF_RC);

    @TempDir
    private Path folder;

    private final Map<Target, Deque<Failpoint>> toReach = new EnumMap<>(Target.class);
    private final Map<Target, Failpoint> armed = new EnumMap<>(Target.class);
    private final Set<Failpoint> reached = EnumSet.noneOf(Failpoint.class);
    private final List<DroppedFile> dropped = new ArrayList<>();
    private final Iterator<DroppedFile> files = smallAndLarge();
    private ChaosNetwork network;
    private Consumers consumers;

    @BeforeEach
    void start() throws IOException {
        network = ChaosNetwork.make(folder.resolve("network"), MachineLimits.Means.NONE, 0);
        consumers = new Consumers(network.homes(), new RunClock());
        Deque<Failpoint> ofCentres = failpoints("RC_");
        Deque<Failpoint> ofHeadquarters = failpoints("STORES_");
        ofHeadquarters.addAll(failpoints("HQ_"));
        toReach.put(Target.HQ, ofHeadquarters);
        toReach.put(Target.FL_LAB, failpoints("LAB_"));
        toReach.put(Target.CA_RC, ofCentres);
        toReach.put(Target.SF_RC, ofCentres);
        for (Target site : SITES) {
            startNext(site);
        }
    }

    @AfterEach
    void stop() throws IOException {
        network.close();
    }

    @Test
    void losesNothingAndDoublesNothingWhereverAProcessEnds() throws IOException {
        await("every failpoint, then everybody at work")
                .atMost(Duration.ofMinutes(12))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> {
                    dropAnother();
                    SITES.forEach(this::restartWhereEnded);
                    return reached.size() == Failpoint.values().length
                            && SITES.stream().allMatch(network::isAtWork);
                });
        FolderCheck check = new FolderCheck(network.homes(), new Excuses());
        List<DroppedFile> unreceipted = new ArrayList<>(dropped);
        await("every delivery and its receipt")
                .atMost(Duration.ofMinutes(4))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> {
                    consumers.look();
                    return consumers.stillWaiting() == 0
                            && check.isSettled()
                            && check.withoutReceipts(unreceipted) == 0;
                });
        FolderCheck.Findings findings = new FolderCheck.Findings();
        new HqCheck(network.log(Target.HQ), new Excuses()).run(network.psqlUrl(), dropped, findings);
        assertThat(network.stop()).isEmpty();
        check.run(dropped, consumers, findings);
        assertThat(findings).isEqualTo(new FolderCheck.Findings());
    }

    private void dropAnother() throws IOException {
        consumers.look();
        if (consumers.stillWaiting() < MOST_UNDER_WAY) {
            DroppedFile file = files.next();
            assertThat(new FileDrops(network, SEED).drop(file)).isTrue();
            dropped.add(file);
            consumers.expect(file);
        }
    }

    private void restartWhereEnded(Target site) {
        Process process = network.process(site).orElseThrow();
        if (!process.isAlive()) {
            assertThat(process.exitValue())
                    .as("%s ends at its failpoint alone; %s", site, network.log(site))
                    .isEqualTo(Failpoint.EXIT_CODE);
            reached.add(armed.get(site));
            startNext(site);
        }
    }

    private void startNext(Target site) {
        Failpoint next = toReach.get(site).poll();
        armed.put(site, next);
        try {
            if (next == null) {
                network.start(site);
            } else {
                network.start(site, "-D" + Failpoint.PROPERTY + "=" + next);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Deque<Failpoint> failpoints(String prefix) {
        return new ArrayDeque<>(Arrays.stream(Failpoint.values())
                .filter(failpoint -> failpoint.name().startsWith(prefix))
                .toList());
    }

    /** Files of one lab; every fourth takes two parts or more on the wire. */
    private static Iterator<DroppedFile> smallAndLarge() {
        List<DroppedFile> candidates = IntStream.range(0, 8_000)
                .filter(number -> number % Target.LABS.size() == Target.LABS.indexOf(Target.FL_LAB))
                .mapToObj(number -> DroppedFile.of(SEED, number))
                .toList();
        Deque<DroppedFile> large = new ArrayDeque<>(
                candidates.stream().filter(file -> file.size() > TWO_PARTS).toList());
        List<DroppedFile> mixed = new ArrayList<>();
        for (DroppedFile file : candidates) {
            if (file.size() < TWO_PARTS) {
                mixed.add(file);
            }
            if (mixed.size() % 4 == 1 && !large.isEmpty()) {
                mixed.add(large.poll());
            }
        }
        return mixed.iterator();
    }
}
