package io.saddlebag.hq.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.saddlebag.hq.routing.LiveTopology;
import io.saddlebag.hq.simulation.World.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/**
 * Ten thousand schedules. One that fails names its seed; {@code -Dsaddlebag.simulation.seed=N} runs that one alone, with
 * headquarters' own log. {@code -Dsaddlebag.simulation.schedules=N} runs more.
 */
class SimulationTest {
    private static final int SCHEDULES = 10_000;
    private static final int SCHEDULES_OF_NODES = 1_500;
    private static final Long SEED = Long.getLong("saddlebag.simulation.seed");
    private static final int LAST_NOTES = 80;
    private static final String TOPOLOGY = """
            exchanges: [labs]
            queues:
              - {name: ca_rc_queue, site: CA-RC, delivery_limit: 3, redelivery_delay: 1s}
              - {name: ny_rc_queue, site: NY-RC, ordered: true}
              - {name: sf_rc_queue, site: SF-RC}
            bindings:
              - {exchange: labs, routing_key: ca_rc, queue: ca_rc_queue}
              - {exchange: labs, routing_key: ny_rc, queue: ny_rc_queue}
              - {exchange: labs, routing_key: sf_rc, queue: sf_rc_queue}
            sites:
              - {id: FL-LAB, publish: [labs]}
              - {id: PA-LAB, publish: [labs]}
              - {id: CA-RC, consume: [ca_rc_queue]}
              - {id: NY-RC, consume: [ny_rc_queue]}
              - {id: SF-RC, consume: [sf_rc_queue]}
            """;

    @TempDir
    static Path folder;

    private static Setting setting;
    /** Nodes refuse ordered queues. */
    private static Setting settingOfNodes;

    private static Parcels parcels;
    private static Level before;

    private static Logger log() {
        return (Logger) LoggerFactory.getLogger("io.saddlebag");
    }

    @BeforeAll
    static void prepare() throws Exception {
        setting = new Setting(
                new LiveTopology(Files.writeString(folder.resolve("topology.yaml"), TOPOLOGY)),
                new RouteSteps(Path.of("..", "routes", "hq")),
                new DefaultCamelContext());
        settingOfNodes = new Setting(
                new LiveTopology(Files.writeString(
                        folder.resolve("topology-of-nodes.yaml"), TOPOLOGY.replace(", ordered: true", ""))),
                setting.routes(),
                setting.camel());
        parcels = new Parcels();
        before = log().getLevel();
        if (SEED == null) {
            log().setLevel(Level.OFF);
        }
    }

    @AfterAll
    static void restore() {
        log().setLevel(before);
    }

    private static LongStream seeds(int schedules) {
        return SEED != null
                ? LongStream.of(SEED)
                : LongStream.range(0, Integer.getInteger("saddlebag.simulation.schedules", schedules));
    }

    private static String failure(int nodes, long seed, Breakage breakage) {
        try {
            schedule(nodes, seed, breakage, false).run();
            return null;
        } catch (Violation | RuntimeException e) {
            List<String> notes = notes(nodes, seed, breakage);
            return "seed " + seed + ": " + e + System.lineSeparator()
                    + String.join(
                            System.lineSeparator(),
                            notes.subList(Math.max(0, notes.size() - LAST_NOTES), notes.size()));
        }
    }

    private static List<String> notes(int nodes, long seed, Breakage breakage) {
        Schedule again = schedule(nodes, seed, breakage, true);
        try {
            again.run();
        } catch (Violation | RuntimeException e) {
            again.trace().add(e.toString());
        }
        return again.trace();
    }

    @Test
    void keepsEveryPromiseInEverySchedule() {
        seeds(SCHEDULES)
                .mapToObj(seed -> failure(0, seed, Breakage.NONE))
                .filter(failure -> failure != null)
                .findFirst()
                .ifPresent(failure -> fail("Run it again by -Dsaddlebag.simulation.seed; " + failure));
    }

    @Test
    void keepsEveryPromiseWithSeveralHeadquarters() {
        seeds(SCHEDULES_OF_NODES)
                .mapToObj(seed -> failure(nodes(seed), seed, Breakage.NONE))
                .filter(failure -> failure != null)
                .findFirst()
                .ifPresent(failure -> fail("Run it again by -Dsaddlebag.simulation.seed; " + failure));
    }

    private static int nodes(long seed) {
        return 2 + (int) (seed % 2);
    }

    private static Schedule schedule(int nodes, long seed, Breakage breakage, boolean traced) {
        return new Schedule(nodes, nodes == 0 ? setting : settingOfNodes, parcels, seed, breakage, traced);
    }

    @Test
    void goesTheSameWayForTheSameSeed() {
        assertThat(notes(0, 7, Breakage.NONE))
                .isEqualTo(notes(0, 7, Breakage.NONE))
                .hasSizeGreaterThan(10);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void findsEachThingThatHeadquartersMightDoWrong(Breakage breakage) {
        assertThat(LongStream.range(0, SCHEDULES)
                        .anyMatch(seed -> failure(breakage.isOfNodes() ? nodes(seed) : 0, seed, breakage) != null))
                .as("a schedule that goes wrong")
                .isTrue();
    }
}
