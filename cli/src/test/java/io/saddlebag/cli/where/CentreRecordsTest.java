package io.saddlebag.cli.where;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.saddlebag.cli.Saddlebag;
import io.saddlebag.cli.where.Step.Basis;
import io.saddlebag.cli.where.Step.Kind;
import io.saddlebag.journal.JournalReader;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.rc.records.JournalledDelivery;
import io.saddlebag.rc.records.RcJournal;
import io.saddlebag.site.SiteHome;
import io.saddlebag.testing.TestNetwork;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stopped centre whose outbox is empty again: its journal knows every name, and finds each by an index. */
class CentreRecordsTest {
    private static final SiteId CENTRE = SiteId.of("CA-RC");
    private static final MessageId OWN_NAME = MessageId.of("FL-LAB_DAT_20251008_001");
    private static final MessageId BY_ID = MessageId.of("FL-LAB_DAT_20251008_002");
    private static final MessageId REFUSED = MessageId.of("PA-LAB_DAT_20251008_003");
    private static final Instant NOW = Instant.parse("2025-10-08T09:00:03Z");
    private static final Sha256 CONTENT = Sha256.of(new byte[] {1});

    @TempDir
    static Path folder;

    private static SiteHome home;

    @BeforeAll
    static void make() throws Exception {
        TestNetwork network = TestNetwork.create(folder);
        network.identityFolder(CENTRE);
        home = new SiteHome(network.home(CENTRE));
        Files.writeString(home.settingsFile(), "site.id=CA-RC\n");
        Files.createDirectories(home.journal());
        try (RcJournal journal = RcJournal.open(home.journal().resolve("rc.db"))) {
            journal.publish(List.of(
                    delivery(OWN_NAME, 1, CONTENT, "run\u001b[2J7.bam"), delivery(BY_ID, 2, CONTENT, BY_ID + ".csv")));
            journal.refuse(delivery(REFUSED, 1, null, null), "bad-seal: it is cut short");
            journal.acknowledge(BY_ID.sender(), BY_ID, NOW.plusSeconds(1));
            journal.remove(List.of(OWN_NAME), NOW.plusSeconds(3600));
        }
    }

    private static JournalledDelivery delivery(MessageId id, long seq, Sha256 content, String name) {
        Sha256 manifest = Sha256.of(id.value().getBytes());
        return new JournalledDelivery(
                id.sender(),
                id,
                "ca_rc_queue",
                manifest,
                seq,
                null,
                content,
                1,
                content,
                NOW,
                content == null ? null : new byte[] {1},
                name,
                List.of());
    }

    private static Whereabouts find(String what) throws Exception {
        return new WhereFinder(List.of(home), WhereFinder.HqReading.OF_COMMANDS, Clock.systemUTC()).find(what);
    }

    private static List<MessageId> ids(String what) throws Exception {
        return find(what).messages().stream().map(Whereabouts.Found::messageId).toList();
    }

    @Test
    void forgetsNoNameThoughTheFileIsGone() throws Exception {
        Whereabouts found = find("run\u001b[2J7.bam");

        assertThat(found.exitCode()).isZero();
        assertThat(found.notes()).containsExactly("CA-RC does not run: its journal answers, and DC-HQ was not asked");
        assertThat(found.messages()).singleElement().satisfies(message -> {
            assertThat(message.messageId()).isEqualTo(OWN_NAME);
            assertThat(message.recipients()).singleElement().satisfies(timeline -> assertThat(timeline.steps())
                    .extracting(Step::kind, Step::time, Step::place, Step::basis)
                    .containsExactly(
                            tuple(
                                    Kind.OPENED,
                                    NOW,
                                    "CA-RC, outbox of ca_rc_queue: FL-LAB/" + OWN_NAME + ".bam",
                                    Basis.RECORD),
                            tuple(Kind.REMOVED, NOW.plusSeconds(3600), "CA-RC", Basis.RECORD)));
        });
        StringWriter text = new StringWriter();
        new WhereText(new PrintWriter(text, true)).print(found);
        assertThat(text.toString()).contains("run\\u001B[2J7.bam").doesNotContain("\u001b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "FL-LAB_DAT_20251008_001",
                "FL-LAB_DAT_20251008_001.bam",
                "outbox/FL-LAB/FL-LAB_DAT_20251008_001.bam",
                "FL-LAB_DAT_20251008_001.message.json"
            })
    void findsItByItsNameInTheOutbox(String name) throws Exception {
        assertThat(ids(name)).containsExactly(OWN_NAME);
    }

    @Test
    void findsWhatMatchesAndNothingElse() throws Exception {
        assertThat(ids("FL-LAB_*")).containsExactly(OWN_NAME, BY_ID);
        assertThat(ids(CONTENT.hex())).containsExactly(OWN_NAME, BY_ID);
        assertThat(ids(BY_ID + ".csv")).containsExactly(BY_ID);
        for (String other : List.of(
                "FL-LAB_DAT_2024*",
                BY_ID + ".txt",
                "run7.bam",
                Sha256.of(new byte[9]).hex(),
                "%")) {
            assertThat(ids(other)).as(other).isEmpty();
            assertThat(find(other).exitCode()).isEqualTo(4);
        }
    }

    private static int run(StringWriter said, String... words) {
        PrintWriter writer = new PrintWriter(said, true);
        return Saddlebag.execute(writer, writer, words);
    }

    @Test
    void watchesNothingThatIsOver() {
        StringWriter said = new StringWriter();

        assertThat(run(
                        said,
                        "where",
                        "--watch",
                        BY_ID.value(),
                        "--home",
                        home.folder().toString()))
                .isZero();

        assertThat(said.toString()).contains("CA-RC: received", "acknowledged", "headquarters' word");
    }

    @Test
    void takesTheNameBeforeAndBehindTheHomes() {
        StringWriter said = new StringWriter();
        String centre = home.folder().toString();

        assertThat(run(said, "where", "--home", centre, BY_ID.value())).isZero();
        assertThat(run(said, "where", "--home", centre, "--json", BY_ID.value()))
                .isZero();
        assertThat(run(said, "where", "--home", centre)).isEqualTo(2);
        assertThat(said.toString()).contains("Expected a name, message_id or SHA-256, found none");
    }

    @Test
    void saysWhyItRefusedAMessage() throws Exception {
        Whereabouts found = find(REFUSED.value());

        assertThat(found.exitCode()).isEqualTo(1);
        assertThat(found.isOver()).isTrue();
        assertThat(found.messages().get(0).recipients())
                .extracting(Timeline::state, Timeline::why)
                .containsExactly(tuple(Timeline.State.FAILED, "CA-RC refused it: bad-seal: it is cut short"));
    }

    /** Over millions of rows a scan would take seconds. */
    @Test
    void asksByIndexes() throws Exception {
        Path lab = folder.resolve("lab.db");
        LabJournal.open(lab).close();
        assertThat(Stream.of(LabRecords.BY_ID, LabRecords.BY_CONTENT, LabRecords.BY_NAME)
                        .flatMap(sql -> plan(lab, sql).stream()))
                .isNotEmpty()
                .allMatch(step -> step.startsWith("SEARCH") || step.startsWith("USE TEMP B-TREE"));
        Path centre = home.journal().resolve("rc.db");
        assertThat(Stream.of(CentreRecords.BY_ID, CentreRecords.BY_CONTENT, CentreRecords.BY_NAME)
                        .flatMap(sql -> plan(centre, sql).stream()))
                .isNotEmpty()
                .allMatch(step -> step.startsWith("SEARCH"));
    }

    private static List<String> plan(Path file, String sql) {
        List<String> plan = new ArrayList<>();
        Object[] parameters =
                sql.chars().filter(c -> c == '?').mapToObj(c -> "x").toArray();
        try (JournalReader journal = JournalReader.open(file)) {
            journal.forEach("EXPLAIN QUERY PLAN " + sql + " LIMIT 101", row -> plan.add(row.getString(4)), parameters);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return plan;
    }
}
