package io.saddlebag.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.audit.ReceiptProof;
import io.saddlebag.cli.CommandLineRun;
import io.saddlebag.cli.home.HomeMaker;
import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.dsse.Envelope;
import io.saddlebag.lab.receipts.SentReceipts;
import io.saddlebag.message.Json;
import io.saddlebag.message.ReceiptSecret;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Headquarters guesses: it compares all that it keeps with a list of likely contents, one of which was sent. A centre
 * refuses a folder in words that name what is in it.
 */
class GuessingHeadquartersTest {
    private static final SiteId HQ = ScenarioHomes.HEADQUARTERS;
    private static final SiteId LAB = SiteId.of("FL-LAB");
    private static final SiteId REFUSES = SiteId.of("CA-RC");
    private static final SiteId TAKES = SiteId.of("SF-RC");
    private static final String FILE = "FL-LAB_DAT_20251009_001";
    private static final String FOLDER = "FL-LAB_DAT_20251009_002";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

    private final List<String> likely = Stream.of("positive", "negative")
            .flatMap(result -> IntStream.range(0, 500).mapToObj(patient -> "patient,result\n" + patient + "," + result))
            .toList();
    private final String sent = likely.get(417);

    @TempDir
    private Path folder;

    private RunningScenario scenario;
    private List<byte[]> known;

    @BeforeEach
    void sendAFileAndARefusedFolder() throws Exception {
        scenario = new RunningScenario(folder.resolve("scenario"));
        HomeMaker.set(scenario.home(REFUSES), Map.of("folder-message.max-entries", "1"));
        for (SiteId site : List.of(HQ, LAB, REFUSES, TAKES)) {
            scenario.start(site);
        }
        Path drop = Files.createDirectories(scenario.home(LAB).resolve("drop/raw-data"));
        Path results = Files.createDirectories(folder.resolve("results/Patient-417"));
        Files.writeString(results.resolve("Befund.csv"), sent);
        Files.move(results.getParent(), drop.resolve(FOLDER));
        Files.writeString(folder.resolve("hidden"), sent);
        Files.move(folder.resolve("hidden"), drop.resolve(FILE + ".csv"));
        await("the ends of all deliveries").atMost(PATIENCE).until(() -> scenario.acknowledged() == 3);
        await("word of all at the laboratory")
                .atMost(PATIENCE)
                .until(() -> states(FILE).equals("acknowledged acknowledged")
                        && states(FOLDER).equals("dead-lettered acknowledged"));
        known = known();
    }

    @AfterEach
    void stop() {
        scenario.close();
    }

    private SentReceipts receipts(String messageId) throws Exception {
        return ReceiptProof.read(scenario.home(LAB).resolve("sent/" + messageId + SentReceipts.SUFFIX));
    }

    private String states(String messageId) throws Exception {
        if (!Files.exists(scenario.home(LAB).resolve("sent/" + messageId + SentReceipts.SUFFIX))) {
            return "";
        }
        List<String> states = receipts(messageId).recipients().stream()
                .map(SentReceipts.Recipient::state)
                .toList();
        return String.join(" ", states);
    }

    /** Every value in headquarters' database, and what is inside its envelopes. */
    private List<byte[]> known() throws Exception {
        List<byte[]> values = new ArrayList<>();
        try (Connection connection = scenario.records().connection();
                Statement list = connection.createStatement();
                ResultSet tables = list.executeQuery("SELECT table_name FROM information_schema.tables"
                        + " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'")) {
            while (tables.next()) {
                try (Statement select = connection.createStatement();
                        ResultSet rows = select.executeQuery("SELECT * FROM " + tables.getString(1))) {
                    while (rows.next()) {
                        addRow(rows, values);
                    }
                }
            }
        }
        return values;
    }

    private static void addRow(ResultSet row, List<byte[]> values) throws Exception {
        for (int column = 1; column <= row.getMetaData().getColumnCount(); column++) {
            if (row.getObject(column) == null) {
                continue;
            }
            if (row.getMetaData().getColumnType(column) != Types.BINARY) {
                values.add(row.getString(column).getBytes(StandardCharsets.UTF_8));
                continue;
            }
            values.add(row.getBytes(column));
            try {
                values.add(Envelope.parse(row.getBytes(column)).payload());
            } catch (Refusal noEnvelope) {
                // Some other bytes.
            }
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private List<JsonNode> receiptsAtHeadquarters() {
        return known.stream()
                .filter(value -> text(value).startsWith("{\"kind\":"))
                .map(value -> Json.read(value, JsonNode.class))
                .toList();
    }

    @Test
    void findsNoContentInAllThatItKeeps() throws Exception {
        List<byte[]> traces = new ArrayList<>();
        for (String guess : likely) {
            byte[] content = guess.getBytes(StandardCharsets.UTF_8);
            byte[] digest = Sha256.of(content).bytes();
            traces.add(content);
            traces.add(digest);
            traces.add(Sha256.of(content).hex().getBytes(StandardCharsets.US_ASCII));
            traces.add(Base64.getEncoder().encode(content));
            traces.add(Base64.getEncoder().encode(digest));
        }

        assertThat(known).hasSizeGreaterThan(50).noneMatch(value -> traces.stream()
                .anyMatch(trace -> text(value).contains(text(trace))));
        assertThat(new PlaintextSearch(traces)
                        .filesWithPlaintext(scenario.home(HQ).folder()))
                .isEmpty();
    }

    @Test
    void provesNoGuessByAReceiptWithWhatItHolds() throws Exception {
        assertThat(receiptsAtHeadquarters()).hasSize(3).allSatisfy(receipt -> {
            Set<String> names = new TreeSet<>();
            receipt.fieldNames().forEachRemaining(names::add);
            // Headquarters' own statement, in receipts from its first head on.
            names.remove("log_head");
            assertThat(names)
                    .as("no field of the content; headquarters counts the messages of a sender too")
                    .containsExactly(
                            "complete_seq",
                            "content_hmac",
                            "highest_seq",
                            "kind",
                            "manifest_sha256",
                            "message_id",
                            "network_id",
                            "received_timestamp",
                            "receiver_client_id",
                            "sender_id");
        });
        Set<String> proofs = new HashSet<>();
        receiptsAtHeadquarters()
                .forEach(receipt -> proofs.add(receipt.path("content_hmac").asText()));
        for (ReceiptSecret held : heldSecrets()) {
            assertThat(proved(proofs, held)).isEmpty();
        }
        assertThat(proved(proofs, receipts(FILE).receiptSecret()))
                .as("the sender's own")
                .containsExactly(sent);
    }

    /** Each value of 32 bytes that headquarters has. */
    private Set<ReceiptSecret> heldSecrets() {
        Set<ReceiptSecret> held = new HashSet<>();
        held.add(ReceiptSecret.of(new byte[ReceiptSecret.LENGTH]));
        for (byte[] value : known) {
            if (value.length == ReceiptSecret.LENGTH) {
                held.add(ReceiptSecret.of(value));
            }
            Matcher digests = DIGEST.matcher(text(value));
            while (digests.find()) {
                held.add(ReceiptSecret.of(new Sha256(digests.group()).bytes()));
            }
        }
        return held;
    }

    private List<String> proved(Set<String> proofs, ReceiptSecret secret) {
        return likely.stream()
                .filter(guess -> {
                    byte[] content = guess.getBytes(StandardCharsets.UTF_8);
                    return proofs.contains(
                            secret.proof(Sha256.of(content), content.length).hex());
                })
                .toList();
    }

    @Test
    void readsTheCodeOfARefusalAndTheSenderAllOfIt() throws Exception {
        assertThat(known)
                .noneMatch(value -> text(value).contains("Patient-417")
                        || text(value).contains("Befund")
                        || text(value).contains("files and folders"));

        SentReceipts.Recipient refused = receipts(FOLDER).recipients().get(0);
        assertThat(refused.reason()).isEqualTo("too-large");
        assertThat(refused.detail()).contains("at most 1 files and folders");

        Path sealed = folder.resolve("sealed.age");
        Path home = scenario.home(HQ).folder();
        assertThat(CommandLineRun.of("dead", "export", "--home", home, FOLDER, "-o", sealed))
                .satisfies(run -> assertThat(run.exitCode()).as(run.err()).isZero());
        Path key = scenario.home(REFUSES).identity().resolve("age.key");
        assertThat(CommandLineRun.of("open", "-i", key, "--unpack", folder.resolve("by-hand"), sealed))
                .satisfies(run -> assertThat(run.exitCode()).as(run.err()).isZero());
        assertThat(folder.resolve("by-hand/" + FOLDER + "/Patient-417/Befund.csv"))
                .hasContent(sent);
        assertThat(CommandLineRun.of("dead", "export", "--home", home, FILE, "-o", sealed))
                .satisfies(run -> assertThat(run.err()).contains("expected a dead letter of " + FILE));
    }
}
