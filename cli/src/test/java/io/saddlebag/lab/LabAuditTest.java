package io.saddlebag.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.audit.AuditReport.Finding;
import io.saddlebag.audit.NetworkAudit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The audit of a whole laboratory whose files got other names than they were dropped under, or came as a set. */
class LabAuditTest extends LabFixture {
    private static final String ID = "FL-LAB_DAT_20251008_001";
    private static final String BY_STEM = "      - {name: group, value: stem}\n";
    private static final Map<String, String> WAITS_FOR_MARKERS = Map.of("folder.settle-time", "1h");

    @BeforeEach
    void listen() {
        hq.listen();
    }

    private void start(String routeParameters, Map<String, String> settings) throws Exception {
        home.route("CA-RC,SF-RC", ".*", routeParameters);
        Files.createDirectories(home.drop());
        lab = home.start(hq.port(), settings);
    }

    private List<Finding> audit() throws Exception {
        return NetworkAudit.of(List.of(home.home().folder()), false).run().findings();
    }

    /** A file has its name in sent/ before the journal says so. */
    private void awaitAgreement() {
        await().untilAsserted(() -> assertThat(audit()).isEmpty());
    }

    private void drop(String name, String content) throws Exception {
        Files.createDirectories(home.drop().resolve(name).getParent());
        Files.writeString(home.drop().resolve(name), content);
    }

    private void dropSet(String stem, String content) throws Exception {
        drop(stem + ".bam", content);
        drop(stem + ".bam.bai", "index");
        drop(stem + ".ready", "");
    }

    /** Awaits the end of the marker too, which would count for a file of that name that is dropped next. */
    private void awaitSent(String name) {
        await().until(() -> home.sent().contains(name)
                && home.files("work").isEmpty()
                && home.files("drop/raw-data").stream().noneMatch(file -> file.endsWith(".ready")));
    }

    private Path sent(String name) {
        return home.home().resolve("sent/" + LocalDate.ofInstant(Instant.now(), ZoneOffset.UTC) + "/" + name);
    }

    @Test
    void accountsForEachOfManyFilesOfOneNameWhenOneIsTakenAway() throws Exception {
        start("      - {name: naming, value: assign}\n", Map.of());
        for (int i = 1; i <= 8; i++) {
            // The first four are dropped under names that the others would get.
            String kept = "results.csv" + (i == 1 ? "" : "." + i);
            home.drop(i <= 4 ? kept : "results.csv", ("content " + i).getBytes());
            awaitSent(kept);
        }
        awaitAgreement();

        Files.delete(sent("results.csv.6"));

        assertThat(audit()).singleElement().extracting(Finding::text).asString().contains("deleted, renamed");
    }

    @Test
    void acceptsADuplicateThatHadAnotherEnding() throws Exception {
        start("", Map.of());
        home.drop(ID + ".bam", new byte[0]);
        awaitSent(ID + ".bam");
        home.drop(ID + ".bam.md5", new byte[0]);
        await().until(() -> home.sent().contains(ID + ".bam.md5.duplicate"));

        awaitAgreement();

        Files.writeString(sent(ID + ".bam.md5.duplicate"), "altered");
        assertThat(audit()).isNotEmpty();
    }

    @Test
    void acceptsASetItsDuplicateItsCorrectionAndALateFile() throws Exception {
        start(BY_STEM, WAITS_FOR_MARKERS);
        dropSet(ID, "reads");
        drop("FL-LAB_DAT_20251008_0012.bam", "of another stem");
        awaitSent(ID + "/" + ID + ".bam");
        awaitAgreement();

        dropSet(ID, "reads");
        awaitSent(ID + ".duplicate/" + ID + ".bam");
        dropSet(ID + "_r2", "better reads");
        awaitSent(ID + "_r2/" + ID + "_r2.bam");
        awaitAgreement();

        drop(ID + ".bam.crai", "late");
        drop(ID + ".ready", "");
        await().until(() -> home.hasFailed(ID + ".bam.crai"));
        await().until(() -> home.files("work").isEmpty());
        awaitAgreement();
    }

    @Test
    void acceptsSystemFilesThatDidNotTravelWithTheirFolder() throws Exception {
        start(BY_STEM, Map.of("folder.settle-time", "1h", "folder.ignore", "*.bak"));
        for (String name : List.of("a.csv", "Thumbs.db", "deep/._b.csv", "deep/b.csv", "x.bak")) {
            drop(ID + "/" + name, name);
        }
        drop(ID + ".ready", "");
        awaitSent(ID + "/a.csv");
        drop(ID + "/a.csv", "a.csv");
        drop(ID + "/deep/b.csv", "deep/b.csv");
        drop(ID + ".ready", "");
        await().until(() -> home.sent().contains(ID + ".duplicate/a.csv")
                && home.sent().contains(ID + ".ignored/Thumbs.db")
                && home.files("work").isEmpty());

        awaitAgreement();
    }
}
