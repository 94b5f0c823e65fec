package io.saddlebag.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.saddlebag.dsse.Envelope;
import io.saddlebag.files.FileTree;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.lab.TestHeadquarters.Upload;
import io.saddlebag.lab.chain.CatchUp;
import io.saddlebag.lab.chain.ChainSteps;
import io.saddlebag.message.Json;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.testing.LoggedLines;
import io.saddlebag.testing.TestNetwork;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A laboratory whose home is restored from a back-up that is older than what headquarters has of it. */
class RestoredHomeTest extends LabFixture {
    private static final SiteId CENTRE = SiteId.of("CA-RC");
    private static final String ASSIGN = "      - {name: naming, value: assign}\n";

    @BeforeEach
    void make() {
        home.route("CA-RC,SF-RC", ".*", ASSIGN);
    }

    private void start() throws Exception {
        lab = home.start(hq.port(), Map.of());
    }

    private static ConditionFactory soon(String what) {
        return await(what).pollInterval(Duration.ofMillis(10)).atMost(Duration.ofSeconds(60));
    }

    private void drop(String name) throws IOException {
        home.drop(name, ("content of " + name).getBytes(StandardCharsets.UTF_8));
    }

    private void send(String... names) throws IOException {
        for (String name : names) {
            drop(name);
        }
        for (String name : names) {
            soon(name).until(() -> home.sent().contains(name));
        }
    }

    private void backUp() throws IOException {
        copy(home.home().folder(), folder.resolve("back-up"));
    }

    private void restore() throws IOException {
        FileTree.delete(home.home().folder());
        copy(folder.resolve("back-up"), home.home().folder());
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> found = Files.walk(from)) {
            for (Path each : found.toList()) {
                Files.copy(each, to.resolve(from.relativize(each).toString()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private static String today(String type, int number) {
        return "FL-LAB_" + type + "_"
                + LocalDate.now(Clock.system(ZoneOffset.UTC)).format(DateTimeFormatter.BASIC_ISO_DATE)
                + "_%03d".formatted(number);
    }

    /** A repeat is confirmed again, and counts once. */
    private List<Manifest> manifests() {
        List<Manifest> manifests = new ArrayList<>();
        for (Upload upload : hq.confirmed()) {
            if (!manifests.contains(upload.manifest())) {
                manifests.add(upload.manifest());
            }
        }
        return manifests;
    }

    private void assertChainWithoutGapOrFork(int messages) {
        assertThat(new HashSet<>(hq.confirmed().stream()
                        .map(upload -> upload.manifest().messageId())
                        .toList()))
                .hasSize(messages);
        Map<Long, Sha256> digests = new TreeMap<>();
        hq.confirmed()
                .forEach(upload -> digests.put(
                        upload.manifest().recipient(CENTRE).seq(),
                        Sha256.of(Envelope.parse(upload.envelope()).payload())));
        List<Manifest> ordered = manifests().stream()
                .sorted(Comparator.comparing(
                        manifest -> manifest.recipient(CENTRE).seq()))
                .toList();
        assertThat(ordered).hasSize(messages);
        for (int i = 0; i < messages; i++) {
            Manifest.Recipient place = ordered.get(i).recipient(CENTRE);
            assertThat(place.seq()).isEqualTo(i + 1L);
            assertThat(place.prev()).isEqualTo(i == 0 ? null : digests.get((long) i));
        }
    }

    private String fromJournal(String sql) throws Exception {
        try (Connection journal = DriverManager.getConnection(
                        "jdbc:sqlite:" + home.home().journal().resolve("lab.db"));
                Statement statement = journal.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : null;
        }
    }

    @Test
    void assignsIdsAndPlacesBehindThoseThatHeadquartersHas() throws Exception {
        hq.listen();
        start();
        send("a.csv");
        stop();
        backUp();
        start();
        send("b.csv", "c.csv", "d.csv");
        stop();
        restore();
        try (LoggedLines log = LoggedLines.of(CatchUp.class)) {
            start();
            soon("the line").until(() -> !log.at(Level.WARN).isEmpty());
            send("e.csv", "f.csv", "g.csv");

            assertThat(log.at(Level.WARN))
                    .singleElement()
                    .asString()
                    .contains("older than headquarters' records", "seq 4 to CA-RC (had 1)", today("DAT", 4));
        }
        assertThat(home.files("failed")).isEmpty();
        assertChainWithoutGapOrFork(7);
        assertThat(manifests()).extracting(each -> each.messageId().value()).contains(today("DAT", 7));
    }

    @Test
    void catchesUpAgainWhenItIsRestoredAgainAndInEachSeries() throws Exception {
        home.route("CA-RC,SF-RC", ".*[.]csv", ASSIGN + """
                - templatedRoute:
                    routeTemplateRef: drop-folder
                    routeId: images
                    parameters:
                      - {name: directory, value: "drop/images"}
                      - {name: recipients, value: "CA-RC"}
                      - {name: naming, value: assign}
                      - {name: type, value: IMG}
                """);
        hq.listen();
        backUp();
        for (int round = 1; round <= 3; round++) {
            start();
            String csv = "r" + round + ".csv";
            send(csv);
            Path image = home.home().resolve("drop/images/r" + round + ".png");
            Files.writeString(image, "image " + round);
            soon("the image")
                    .until(() -> home.sent().contains(image.getFileName().toString()));
            stop();
            restore();
        }

        assertChainWithoutGapOrFork(6);
        assertThat(manifests())
                .extracting(each -> each.messageId().value())
                .containsExactlyInAnyOrder(
                        today("DAT", 1),
                        today("DAT", 2),
                        today("DAT", 3),
                        today("IMG", 1),
                        today("IMG", 2),
                        today("IMG", 3));
    }

    @Test
    void givesWhatWasClaimedBeforeItHeardOfHeadquartersOtherIds() throws Exception {
        backUp();
        hq.listen();
        start();
        send("a.csv", "b.csv", "c.csv");
        stop();
        hq.close();
        restore();
        start();
        for (String name : List.of("d.csv", "e.csv", "f.csv")) {
            drop(name);
        }
        soon("claims").until(() -> home.files("work").size() == 3);
        hq.listen();

        for (String name : List.of("d.csv", "e.csv", "f.csv")) {
            soon(name).until(() -> home.sent().contains(name));
        }
        assertChainWithoutGapOrFork(6);
        assertThat(home.files("failed")).isEmpty();
        soon("work is done").until(() -> home.files("work").isEmpty());
        assertThat(fromJournal("SELECT group_concat(message_id || former_id) FROM"
                        + " (SELECT * FROM message WHERE file_name >= 'd' ORDER BY message_id)"))
                .contains(today("DAT", 4), today("DAT", 5), today("DAT", 6), today("DAT", 1));
    }

    @Test
    void takesAClaimedFileForSentThatHeadquartersHasOfTheSameClaim() throws Exception {
        hq.listen();
        hq.silent(true);
        start();
        drop("a.csv");
        drop("FL-LAB_IMG_20251008_001.csv");
        soon("claims")
                .until(() -> home.files("work").stream()
                                .filter(name -> !name.endsWith(".age"))
                                .count()
                        == 2);
        stop();
        // As if the back-up had been made in the moment before they were sealed.
        change("UPDATE message SET state = 'CLAIMED', manifest = NULL, manifest_sha256 = NULL, envelope = NULL,"
                + " sealed = NULL");
        change("DELETE FROM sequence");
        backUp();
        hq.silent(false);
        start();
        soon("sent").until(() -> home.sent().size() == 2);
        stop();
        List<Manifest> before = manifests();
        restore();
        start();

        soon("sent again").until(() -> home.sent().size() == 2);
        stop();
        assertThat(manifests()).isEqualTo(before);
        assertThat(home.files("failed")).isEmpty();
        assertThat(home.files("work")).isEmpty();
        assertThat(fromJournal("SELECT manifest_sha256 FROM message WHERE file_name = 'a.csv'"))
                .isEqualTo(Sha256.of(Envelope.parse(hq.confirmed().stream()
                                        .filter(each -> each.manifest()
                                                .messageId()
                                                .value()
                                                .equals(today("DAT", 1)))
                                        .findFirst()
                                        .orElseThrow()
                                        .envelope())
                                .payload())
                        .hex());
    }

    /** On purpose, as by a person, who deletes the journal's digest. */
    private void change(String sql) throws Exception {
        Files.deleteIfExists(home.home().journal().resolve("lab.db.sha256"));
        try (Connection journal = DriverManager.getConnection(
                        "jdbc:sqlite:" + home.home().journal().resolve("lab.db"));
                Statement statement = journal.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    @Test
    void repeatsWhatWasSealedInTheBackUpAndConfirmedSince() throws Exception {
        hq.listen();
        hq.silent(true);
        start();
        drop("a.csv");
        soon("sealed").until(() -> !hq.sends().isEmpty());
        stop();
        backUp();
        hq.silent(false);
        start();
        soon("sent").until(() -> home.sent().contains("a.csv"));
        send("b.csv");
        stop();
        restore();
        start();
        soon("sent again").until(() -> home.sent().contains("a.csv"));
        send("c.csv");

        assertChainWithoutGapOrFork(3);
    }

    @Test
    void refusesANameThatHeadquartersHasAndSaysWhatToDo() throws Exception {
        hq.listen();
        backUp();
        start();
        send("FL-LAB_DAT_20251008_001.csv");
        stop();
        restore();
        start();
        drop("FL-LAB_DAT_20251008_001.csv");
        soon("the refusal").until(() -> home.files("failed").size() == 2);

        assertThat(Files.readString(home.home().resolve("failed/FL-LAB_DAT_20251008_001.csv.reason.json")))
                .contains("\"code\" : \"conflict\"", "restored from a back-up", "it was sent: remove it", "_r2");
        send("b.csv");
        assertChainWithoutGapOrFork(2);
    }

    @Test
    void skipsHundredsOfTakenIdsWithOneConflict() throws Exception {
        hq.tellNoneUnasked();
        hq.listen();
        backUp();
        start();
        String[] names = new String[300];
        for (int i = 0; i < names.length; i++) {
            names[i] = "n" + i + ".csv";
            drop(names[i]);
        }
        soon("all").until(() -> home.sent().size() == names.length);
        stop();
        restore();
        int before = hq.sends().size();
        start();
        send("b.csv");

        assertThat(manifests()).extracting(each -> each.messageId().value()).contains(today("DAT", 301));
        assertThat(hq.sends().size() - before).isEqualTo(2);
    }

    /** Headquarters that knows no such questions: step by step, and each place of a refused manifest is given again. */
    @Test
    void takesTheNextIdAlsoWhereHeadquartersAnswersNoQuestions() throws Exception {
        hq.refuseChains("unknown-destination");
        hq.listen();
        backUp();
        start();
        send("a.csv", "b.csv");
        stop();
        restore();
        start();
        send("c.csv");
        send("d.csv");

        assertThat(manifests())
                .extracting(each -> each.messageId().value())
                .containsExactlyInAnyOrder(today("DAT", 1), today("DAT", 2), today("DAT", 3), today("DAT", 4));
        assertThat(manifests().get(2).recipient(CENTRE).seq()).isEqualTo(1);
        assertThat(manifests().get(3).recipient(CENTRE).seq()).isEqualTo(2);
        assertThat(home.files("failed")).isEmpty();
    }

    @Test
    void goesByItsJournalWhereItIsAheadOfHeadquarters() throws Exception {
        hq.listen();
        start();
        send("a.csv", "b.csv");
        stop();
        hq.confirmed().remove(1);
        start();
        send("c.csv");

        assertThat(manifests().get(1).recipient(CENTRE).seq()).isEqualTo(3);
    }

    @Test
    void countsNothingThatItDidNotSignItself() throws Exception {
        hq.listen();
        start();
        send("a.csv");
        stop();
        byte[] genuine = hq.confirmed().get(0).envelope();
        Manifest own = hq.confirmed().get(0).manifest();
        Manifest far = withSeq(own, 4_000);
        byte[] payload = Json.write(far);
        Envelope envelope = Envelope.parse(genuine);
        hq.tellAsOwn(TestHeadquarters.sign(network.identity("PA-LAB"), Manifest.TYPE, payload));
        hq.tellAsOwn(new Envelope(
                        envelope.payloadType(), payload, envelope.keyId(), envelope.signature(), envelope.certificate())
                .write());
        hq.tellAsOwn(TestHeadquarters.sign(network.identity("FL-LAB"), "application/json", payload));
        hq.tellAsOwn("no envelope".getBytes(StandardCharsets.UTF_8));
        start();
        send("b.csv");

        assertChainWithoutGapOrFork(2);
    }

    @Test
    void countsNothingThatAStolenKeySigned(@TempDir Path other) throws Exception {
        TestNetwork own = TestNetwork.create(other);
        SiteIdentity stolen = own.identity(TestLab.SITE);
        own.authority().revoke(TestLab.SITE);
        FileTree.delete(own.identityFolder(TestLab.SITE));
        home = new TestLab(own, folder.resolve("renewed"));
        home.route("CA-RC,SF-RC", ".*", ASSIGN);
        hq.close();
        hq = new TestHeadquarters(own);
        hq.register("CA-RC", 1);
        hq.register("SF-RC", 1);
        hq.listen();
        start();
        send("a.csv");
        stop();
        Manifest far = withSeq(hq.confirmed().get(0).manifest(), 4_000);
        hq.tellAsOwn(TestHeadquarters.sign(stolen, Manifest.TYPE, Json.write(far)));
        try (LoggedLines log = LoggedLines.of(ChainSteps.class)) {
            start();
            send("b.csv");

            assertThat(log.at(Level.WARN)).singleElement().asString().contains("bad-signature");
        }
        assertChainWithoutGapOrFork(2);
    }

    private static Manifest withSeq(Manifest manifest, long seq) {
        return new Manifest(
                manifest.networkId(),
                manifest.messageId(),
                manifest.sentTimestamp(),
                manifest.expires(),
                manifest.priority(),
                manifest.sender(),
                manifest.recipients().stream()
                        .map(each -> new Manifest.Recipient(each.id(), each.keyId(), seq, each.prev()))
                        .toList(),
                manifest.routing(),
                manifest.body(),
                manifest.parts());
    }
}
