package io.saddlebag.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.audit.NetworkAudit;
import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.message.Json;
import io.saddlebag.message.SiteId;
import io.saddlebag.message.StandardizedMessage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bag from a laboratory's drop folder to two centres' outboxes, over the real headquarters. */
class FolderTest {
    private static final SiteId HQ = ScenarioHomes.HEADQUARTERS;
    private static final SiteId LAB = SiteId.of("FL-LAB");
    private static final List<SiteId> CENTRES = List.of(SiteId.of("CA-RC"), SiteId.of("SF-RC"));
    private static final String ID = "FL-LAB_DAT_20251009_001";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String TEXT = "Glukose;7,31;mmol/l;Probe 4711-XQZ;08:15\n";

    @TempDir
    private Path folder;

    private RunningScenario scenario;

    @AfterEach
    void stop() {
        if (scenario != null) {
            scenario.close();
        }
    }

    @Test
    void goesFromTheDropFolderToTheOutboxesAsItIs() throws Exception {
        scenario = new RunningScenario(folder.resolve("scenario"));
        scenario.start(HQ);
        scenario.start(LAB);
        for (SiteId centre : CENTRES) {
            scenario.start(centre);
        }
        Path bag = bag();
        Set<String> files = RunningScenario.filesBelow(bag);
        Path drop = Files.createDirectories(scenario.home(LAB).resolve("drop/raw-data"));
        Files.move(bag, drop.resolve(ID));

        for (SiteId centre : CENTRES) {
            Path outbox = scenario.home(centre).resolve("outbox/FL-LAB");
            await("the folder at " + centre)
                    .atMost(PATIENCE)
                    .until(() -> Files.exists(outbox.resolve(ID + ".message.json")));
            Set<String> expected = new TreeSet<>(Set.of(ID + ".message.json"));
            files.forEach(file -> expected.add(ID + "/" + file));
            assertThat(RunningScenario.filesBelow(outbox)).isEqualTo(expected);
            assertThat(outbox.resolve(ID + "/data/Größe/1.csv")).hasContent(TEXT);
            StandardizedMessage said =
                    Json.read(Files.readAllBytes(outbox.resolve(ID + ".message.json")), StandardizedMessage.class);
            assertThat(said.folder().bag()).isTrue();
            assertThat(said.folder().files()).isEqualTo(files.size());
            assertThat(said.content()).isEqualTo(ID);
        }
        await("all acknowledged").atMost(PATIENCE).until(() -> scenario.acknowledged() == 2);
        await("sent")
                .atMost(PATIENCE)
                .until(() -> RunningScenario.filesBelow(scenario.home(LAB).resolve("sent")).stream()
                        .map(file -> file.substring(file.indexOf('/') + 1))
                        .collect(Collectors.toSet())
                        .containsAll(files.stream().map(file -> ID + "/" + file).toList()));
        assertThat(new PlaintextSearch(List.of(TEXT.getBytes(StandardCharsets.UTF_8)))
                        .filesWithPlaintext(scenario.home(HQ).folder()))
                .isEmpty();
        auditAgrees();
    }

    private void auditAgrees() {
        List<Path> homes = new ArrayList<>();
        homes.add(scenario.home(HQ).folder());
        homes.add(scenario.home(LAB).folder());
        CENTRES.forEach(centre -> homes.add(scenario.home(centre).folder()));
        await("agreement").atMost(PATIENCE).untilAsserted(() -> assertThat(
                        NetworkAudit.of(homes, false).run().findings())
                .isEmpty());
    }

    private Path bag() throws Exception {
        Path bag = folder.resolve("bag");
        Path data = Files.createDirectories(bag.resolve("data/Größe"));
        Files.writeString(data.resolve("1.csv"), TEXT);
        Files.writeString(bag.resolve("bagit.txt"), "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
        byte[] digest = MessageDigest.getInstance("SHA-512").digest(TEXT.getBytes(StandardCharsets.UTF_8));
        Files.writeString(
                bag.resolve("manifest-sha512.txt"), HexFormat.of().formatHex(digest) + "  data/Größe/1.csv\n");
        return bag;
    }
}
