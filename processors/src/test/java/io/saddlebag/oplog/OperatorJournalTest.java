package io.saddlebag.oplog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.saddlebag.dsse.OperatorEntry;
import io.saddlebag.files.access.Ownership;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteHome;
import io.saddlebag.testing.TestNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OperatorJournalTest {
    private static final SiteId LAB = SiteId.of("FL-LAB");

    @TempDir
    Path folder;

    private TestNetwork network;
    private SiteHome home;
    private Path file;
    private final List<OperatorEntry> entries = new ArrayList<>();

    @BeforeEach
    void makeHome() {
        network = TestNetwork.create(folder);
        home = new SiteHome(network.identityFolder(LAB).getParent());
        file = home.folder().resolve("operators/journal.jsonl");
    }

    private OperatorJournal journal() {
        return new OperatorJournal(home, network.identity(LAB), new Operator("saddlebag", "anna"), Clock.systemUTC());
    }

    private List<String> faults() throws Exception {
        entries.clear();
        List<String> faults = new ArrayList<>();
        OperatorJournalCheck.read(
                home, LAB, network.identity(LAB).trust(), (entry, isSigned) -> entries.add(entry), faults::add);
        return faults;
    }

    private void appendThree() throws Exception {
        journal().append("retry", List.of("a.csv", "b\n.csv"), null);
        journal().append("dead-discard", List.of("FL-LAB_DAT_20251008_001"), "wrong recipients");
        OperatorJournal.append(home, "adopt", List.of("spool"), null);
    }

    private List<String> lines() throws Exception {
        return new ArrayList<>(Files.readAllLines(file));
    }

    private void write(List<String> lines) throws Exception {
        Files.writeString(file, String.join("\n", lines) + "\n");
    }

    @Test
    void saysWhoDidWhatAndWhy() throws Exception {
        appendThree();

        assertThat(faults()).isEmpty();
        assertThat(entries)
                .extracting(OperatorEntry::number, OperatorEntry::action, OperatorEntry::reason)
                .containsExactly(
                        tuple(1L, "retry", null),
                        tuple(2L, "dead-discard", "wrong recipients"),
                        tuple(3L, "adopt", null));
        assertThat(entries.get(0).targets()).containsExactly("a.csv", "b\\u000A.csv");
        assertThat(entries.get(0).sudoUser()).isEqualTo("anna");
        assertThat(entries.get(2).user()).isEqualTo(System.getProperty("user.name"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    /** The site could not append any more. */
    @Test
    void refusesRootInTheHomeOfAnotherUser() throws Exception {
        assumeThat(Ownership.thisUser()).isZero();
        Files.setAttribute(home.folder(), "unix:uid", 4242);

        assertThatThrownBy(this::appendThree)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected the user that owns the home, number 4242, found root");
        assertThat(file.getParent()).doesNotExist();
    }

    @Test
    void commandsTakeTurnsAndAnActionOnManyHasSeveralLines() throws Exception {
        ExecutorService commands = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                all.add(commands.submit(() -> {
                    journal().append("resend", Collections.nCopies(201, "FL-LAB_DAT_20251008_001"), null);
                    return null;
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        } finally {
            commands.shutdownNow();
        }
        assertThat(faults()).isEmpty();
        assertThat(entries).hasSize(24);
    }

    @Test
    void anUnfinishedLineIsNoEntryAndTheNextOneRemovesIt() throws Exception {
        appendThree();
        Files.writeString(file, "{\"payloadType\":\"appl", StandardOpenOption.APPEND);
        assertThat(faults()).isEmpty();

        journal().append("tidy", List.of("sent/"), null);
        assertThat(faults()).isEmpty();
        assertThat(entries).hasSize(4);
    }

    @Test
    void aLineThatWasWrittenBeforeItsNoteHolds() throws Exception {
        appendThree();
        Path note = file.resolveSibling("last.json");
        byte[] before = Files.readAllBytes(note);
        journal().append("tidy", List.of("sent/"), null);
        Files.write(note, before);
        assertThat(faults()).isEmpty();

        journal().append("tidy", List.of("failed/"), null);
        assertThat(faults()).isEmpty();
        assertThat(entries).hasSize(5);
    }

    @Test
    void linesThatAreCutOffTheEndStayMissed() throws Exception {
        appendThree();
        write(lines().subList(0, 1));
        assertThat(faults()).singleElement().asString().contains("expected entry 3", "removed from the end");

        journal().append("tidy", List.of("sent/"), null);
        assertThat(faults()).singleElement().asString().contains("expected entry 4 to follow", "entry 1");
        Files.writeString(file, "");
        assertThat(faults()).singleElement().asString().contains("expected entry 4");
        Files.delete(file);
        assertThat(faults()).singleElement().asString().contains("expected entry 4");
    }

    @Test
    void aChangedOrRemovedLineIsFound() throws Exception {
        appendThree();
        List<String> all = lines();
        write(List.of(all.get(0), all.get(2)));
        assertThat(faults()).singleElement().asString().contains("expected entry 3 to follow");

        write(List.of(all.get(0), "{}", all.get(2)));
        assertThat(faults()).singleElement().asString().contains("expected an entry in line 2");

        String forged = all.get(1).replaceFirst("\"sig\":\"..", "\"sig\":\"AA");
        write(List.of(all.get(0), forged, all.get(2)));
        assertThat(faults())
                .anyMatch(fault -> fault.startsWith("entry 2: Expected a signature of FL-LAB"))
                .anyMatch(fault -> fault.contains("expected entry 3 to follow"));

        write(all);
        Files.delete(file.resolveSibling("last.json"));
        assertThat(faults()).singleElement().asString().contains("expected last.json");
    }

    @Test
    void anotherSitesEntryIsFound() throws Exception {
        new OperatorJournal(home, network.identity("CA-RC"), Operator.current(), Clock.systemUTC())
                .append("tidy", List.of("sent/"), null);
        assertThat(faults()).singleElement().asString().contains("entry 1: expected one of FL-LAB", "signed by CA-RC");
    }

    @Test
    void nothingIsWrittenThatCannotBeSigned() throws Exception {
        Files.delete(home.identity().resolve("signing.key"));
        assertThatThrownBy(() -> OperatorJournal.append(home, "tidy", List.of(), null))
                .hasMessageContaining("signing.key");
        assertThat(file).doesNotExist();
    }
}
