package io.saddlebag.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.cli.home.HomeMaker;
import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.message.SiteId;
import io.saddlebag.testing.FreezableProxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A large delivery whose connection is cut again and again: each time it continues where it broke off. */
class CutDeliveryTest {
    private static final SiteId LAB = SiteId.of("FL-LAB");
    private static final SiteId CENTRE = SiteId.of("CA-RC");
    private static final SiteId OTHER = SiteId.of("SF-RC");
    private static final String ID = "FL-LAB_DAT_20251008_900";
    private static final int MIB = 1 << 20;
    private static final int SIZE = 64 * MIB + 12_345;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    private Path folder;

    @Test
    void sendsLittleTwice() throws Exception {
        try (RunningScenario scenario = new RunningScenario(folder.resolve("scenario"));
                FreezableProxy cable = FreezableProxy.to(scenario.port())) {
            HomeMaker.set(scenario.home(CENTRE), Map.of("hq.port", Integer.toString(cable.port())));
            HomeMaker.set(scenario.home(CENTRE), Map.of("hq.reconnect-max", "300ms"));
            scenario.start(ScenarioHomes.HEADQUARTERS);
            scenario.start(OTHER);
            scenario.start(CENTRE);
            scenario.start(LAB);
            byte[] content = drop(scenario);
            Path parts = scenario.home(CENTRE).work().resolve("ca_rc_queue." + ID + ".parts");

            for (int cut = 1; cut <= 3; cut++) {
                long enough = cut * 16L * MIB;
                await().pollInterval(Duration.ofMillis(2))
                        .atMost(PATIENCE)
                        .until(() -> Files.exists(parts) && Files.size(parts) > enough);
                cable.cut();
            }

            Path outbox = scenario.home(CENTRE).folder().resolve("outbox/FL-LAB");
            await().atMost(PATIENCE).until(() -> Files.exists(outbox.resolve(ID + ".message.json")));
            assertThat(outbox.resolve(ID + ".bin")).hasBinaryContent(content);
            // Without going on: 16 + 32 + 48 + 64 MiB. Bytes in flight at a cut are lost.
            assertThat(cable.brought()).isLessThan(120L * MIB);
            await().atMost(PATIENCE).until(() -> scenario.acknowledged() == 2);
            assertThat(parts).doesNotExist();
        }
    }

    private static byte[] drop(RunningScenario scenario) throws Exception {
        byte[] content = new byte[SIZE];
        new Random(1).nextBytes(content);
        Path drop = scenario.home(LAB).folder().resolve("drop/raw-data");
        Path hidden = Files.write(drop.resolve("." + ID), content);
        Files.move(hidden, drop.resolve(ID + ".bin"));
        return content;
    }
}
