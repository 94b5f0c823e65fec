package io.saddlebag.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.cli.home.HomeMaker;
import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.identity.ca.CertificateAuthority;
import io.saddlebag.message.SiteId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The seed scenario with the eight applications in one JVM: real TLS, PostgreSQL, folders. SF-RC is away at first, so
 * that its deliveries can be looked at while they wait, by strangers too; then it comes and gets its backlog.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ScenarioTest {
    private static final SiteId HQ = ScenarioHomes.HEADQUARTERS;
    private static final SiteId LATE = SiteId.of("SF-RC");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int FOR_LATE = 4;

    private RunningScenario scenario;

    @BeforeAll
    void deliverToAllButOne(@TempDir Path folder) throws Exception {
        scenario = new RunningScenario(folder.resolve("scenario"));
        for (Sample sample : Sample.ALL) {
            // An age command before 1.3 opens no post-quantum message.
            HomeMaker.set(scenario.home(sample.sender()), Map.of("recipient." + LATE + ".post-quantum", "off"));
        }
        CertificateAuthority.load(scenario.authority(), () -> null).renewList();
        Files.copy(
                scenario.authority().resolve("ca.crl"),
                scenario.home(HQ).identity().resolve("ca.crl"));
        scenario.startAll();
        await("keys of the late centre")
                .atMost(PATIENCE)
                .until(() -> Files.exists(scenario.home(SiteId.of("FL-LAB")).resolve("keys/SF-RC.json")));
        scenario.stop(LATE);
        for (Sample sample : Sample.ALL) {
            scenario.drop(sample);
        }
        await("all but the late centre")
                .atMost(PATIENCE)
                .until(() -> scenario.acknowledged() == Sample.deliveries() - FOR_LATE
                        && Sample.ALL.stream().allMatch(scenario::isSent));
    }

    @AfterAll
    void stop() {
        scenario.close();
    }

    @Test
    @Order(1)
    void keepsWhatWaitsSealedEvenFromHeadquarters() throws Exception {
        assertThat(scenario.recorded()).isEqualTo(Sample.deliveries());
        assertThat(SealedInSpool.in(scenario.home(HQ).resolve("spool"))).hasSize(Sample.ALL.size());
        assertNoPlaintextAtHeadquarters();
    }

    @Test
    @Order(2)
    void storesWhatTheAgeCommandOpensWithACentresKey() throws Exception {
        ForeignTools.requireAge();
        List<byte[]> opened = new ArrayList<>();
        try (Connection connection = connection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT body_size FROM message")) {
            List<byte[]> spool = SealedInSpool.in(scenario.home(HQ).resolve("spool"));
            while (rows.next()) {
                for (byte[] message : spool) {
                    int size = Math.toIntExact(rows.getLong(1));
                    if (size <= message.length) {
                        openWithAge(Arrays.copyOf(message, size), opened);
                    }
                }
            }
        }

        assertThat(opened).hasSize(FOR_LATE);
        for (Sample sample : Sample.ALL) {
            assertThat(opened).anySatisfy(plain -> {
                String text = new String(plain, StandardCharsets.ISO_8859_1);
                assertThat(text).startsWith("{\"message_id\":\"" + sample.messageId());
                assertThat(text.substring(text.indexOf('\n') + 1))
                        .isEqualTo(new String(sample.content(), StandardCharsets.ISO_8859_1));
            });
        }
    }

    private void openWithAge(byte[] sealed, List<byte[]> opened) throws Exception {
        Path file = Files.createTempFile("sealed", ".age");
        Path key = Files.createTempFile("x25519", ".key");
        try {
            Files.write(file, sealed);
            List<String> keys = Files.readAllLines(scenario.home(LATE).resolve("identity/age.key"));
            Files.write(
                    key,
                    keys.stream()
                            .filter(line -> line.startsWith("AGE-SECRET-KEY-1"))
                            .toList());
            ForeignTools.Result result = ForeignTools.run("age", "-d", "-i", key.toString(), file.toString());
            if (result.exitCode() == 0) {
                opened.add(result.out());
            }
        } finally {
            Files.delete(file);
            Files.delete(key);
        }
    }

    @Test
    @Order(2)
    void saysWhereAFileIsThatWaitsForOneRecipient() throws Exception {
        new WhereQuestions(scenario).say(Sample.ALL.get(0), LATE);
    }

    @Test
    @Order(3)
    void handsItsQueueToAStompClientFromElsewhere() throws Exception {
        String python = ForeignTools.pythonWithStomp();
        Path script = Path.of(getClass().getResource("/consume.py").toURI());

        ForeignTools.Result result = ForeignTools.run(
                python,
                script.toString(),
                Integer.toString(scenario.port()),
                scenario.home(LATE).resolve("identity").toString(),
                "/queue/sf_rc_queue",
                Integer.toString(FOR_LATE));

        assertThat(result.exitCode()).as(result.err()).isZero();
        Set<String> ids = new TreeSet<>(
                List.of(new String(result.out(), StandardCharsets.UTF_8).strip().split("\n")));
        assertThat(ids)
                .containsExactlyInAnyOrderElementsOf(Sample.ALL.stream()
                        .map(sample -> sample.sender() + " " + sample.messageId())
                        .toList());
    }

    @Test
    @Order(4)
    void givesALateCentreItsBacklogAndEndsWithNineDeliveriesAndAnEmptySpool() throws Exception {
        scenario.start(LATE);

        await("nine acknowledgements").atMost(PATIENCE).until(() -> scenario.acknowledged() == Sample.deliveries());
        assertThat(scenario.recorded()).isEqualTo(Sample.deliveries());
        assertThat(countOfMessages()).isEqualTo(Sample.ALL.size());
        await("an empty spool").atMost(PATIENCE).until(() -> SealedInSpool.in(
                        scenario.home(HQ).resolve("spool"))
                .isEmpty());
        for (SiteId centre : ScenarioHomes.CENTRES) {
            assertHoldsWhatItShouldAndNothingElse(centre);
        }
    }

    @Test
    @Order(5)
    void hasTheRevocationListOfHeadquartersAtEachSite() throws Exception {
        for (SiteId site : ScenarioHomes.SITES) {
            Path list = scenario.home(site).identity().resolve("ca.crl");
            await("the list at " + site).atMost(PATIENCE).until(() -> Files.exists(list));
            assertThat(list).hasSameBinaryContentAs(scenario.authority().resolve("ca.crl"));
        }
    }

    @Test
    @Order(6)
    void leavesNoPlaintextAtHeadquarters() throws Exception {
        assertNoPlaintextAtHeadquarters();
    }

    private void assertHoldsWhatItShouldAndNothingElse(SiteId centre) throws Exception {
        Path outbox = scenario.home(centre).resolve("outbox");
        Set<String> expected = new TreeSet<>();
        List<byte[]> meant = new ArrayList<>();
        List<byte[]> others = new ArrayList<>();
        for (Sample sample : Sample.ALL) {
            if (sample.recipients().contains(centre)) {
                meant.add(sample.content());
                expected.add(sample.sender() + "/" + sample.fileName());
                expected.add(sample.sender() + "/" + sample.messageId() + ".message.json");
                assertThat(outbox.resolve(sample.sender() + "/" + sample.fileName()))
                        .hasBinaryContent(sample.content());
            } else {
                others.add(sample.content());
            }
        }
        assertThat(RunningScenario.filesBelow(outbox)).isEqualTo(expected);
        assertThat(new PlaintextSearch(others)
                        .except(meant)
                        .filesWithPlaintext(scenario.home(centre).folder()))
                .isEmpty();
    }

    private void assertNoPlaintextAtHeadquarters() throws Exception {
        List<byte[]> contents = new ArrayList<>();
        for (Sample sample : Sample.ALL) {
            contents.add(sample.content());
            // The message_id may stand there, the rest of the file's name not: the run that holds its ending.
            byte[] name = sample.fileName().getBytes(StandardCharsets.US_ASCII);
            contents.add(Arrays.copyOfRange(name, name.length - PlaintextSearch.RUN, name.length));
        }
        assertThat(new PlaintextSearch(contents)
                        .filesWithPlaintext(scenario.home(HQ).folder()))
                .isEmpty();
    }

    private Connection connection() throws Exception {
        return scenario.records().connection();
    }

    private int countOfMessages() throws Exception {
        try (Connection connection = connection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM message")) {
            rows.next();
            return rows.getInt(1);
        }
    }
}
