package io.saddlebag.lab.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.dsse.EnvelopeVerifier;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.lab.TestLab;
import io.saddlebag.lab.TestRecords;
import io.saddlebag.lab.keys.PinnedKeys;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.log.WorkUnderWay;
import io.saddlebag.observe.LinkWatch;
import io.saddlebag.observe.SiteMetrics;
import io.saddlebag.observe.SiteStatus.UnderWay;
import io.saddlebag.observe.SiteStatus.Waiting;
import io.saddlebag.stomp.HostName;
import io.saddlebag.stomp.client.LinkOptions;
import io.saddlebag.stomp.client.StompClient;
import io.saddlebag.testing.TestNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Set;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabStatusTest {
    @TempDir
    private Path folder;

    private final WorkUnderWay underWay = new WorkUnderWay();
    private TestRecords records;
    private PinnedKeys pinned;
    private LabStatus status;

    @BeforeEach
    void open() throws IOException {
        records = new TestRecords(folder.resolve("home"));
        SiteIdentity identity = TestNetwork.create(folder.resolve("network")).identity(TestLab.SITE);
        Clock clock = Clock.systemUTC();
        StompClient link =
                new StompClient(identity, LinkOptions.to(TestNetwork.HQ, HostName.of("127.0.0.1"), 1), clock);
        pinned = new PinnedKeys(
                records.home().resolve("keys"),
                Set.of(TestRecords.CENTRE),
                new EnvelopeVerifier(identity.trust()),
                false,
                clock);
        status = new LabStatus(
                records.home(),
                new LinkWatch(link, clock),
                records.folders(),
                pinned,
                new MetricSteps(new SiteMetrics(identity, "lab"), records.journal(), clock),
                underWay,
                DefaultCamelContext::new);
    }

    @AfterEach
    void close() {
        records.close();
    }

    @Test
    void saysWhatWaitsAndWhy() throws IOException {
        OutgoingMessage message = records.claimed("a.csv", "twelve bytes");

        assertThat(status.link().isUp()).isFalse();
        assertThat(status.waiting()).singleElement().satisfies(waiting -> {
            assertThat(waiting)
                    .isEqualTo(new Waiting(
                            "files",
                            "claimed",
                            1,
                            12,
                            message.claim().sentTimestamp(),
                            "no connection to headquarters since "
                                    + status.link().since() + ": no attempt was made yet"));
        });
    }

    @Test
    void namesARecipientWhoseBundleCountsNoMoreAndNoneThatNeverHadOne() throws IOException {
        assertThat(status.troubles().keysUnusable()).isEmpty();

        Path keys = Files.createDirectories(records.home().resolve("keys"));
        Files.writeString(
                keys.resolve("CA-RC.mark.json"), "{\"epoch\":1,\"version\":1,\"sha256\":\"" + "0".repeat(64) + "\"}");
        pinned.load();

        assertThat(status.troubles().keysUnusable())
                .containsEntry("CA-RC", "not known, or none of its keys is current");
    }

    @Test
    void namesLargeFilesThatAreUnderWay() {
        underWay.begin("FL-LAB_DAT_20251008_001 (run (7).bam)", "sending", 1L << 30)
                .add(5);

        assertThat(status.underWay()).singleElement().satisfies(work -> {
            assertThat(work.messageId()).isEqualTo("FL-LAB_DAT_20251008_001");
            assertThat(work.name()).isEqualTo("run (7).bam");
            assertThat(work).extracting(UnderWay::bytes, UnderWay::total).containsExactly(5L, 1L << 30);
        });
    }

    @Test
    void countsFailedFilesWithoutTheirReasons() throws IOException {
        Path failed = records.home().resolve("failed");
        assertThat(status.failed().count()).isZero();

        Files.writeString(failed.resolve("a.csv"), "");
        Path reason = Files.writeString(failed.resolve("a.csv.reason.json"), "{}");
        Files.createDirectory(failed.resolve(".retried"));

        assertThat(status.failed().count()).isEqualTo(1);
        assertThat(status.failed().newest())
                .isEqualTo(Files.getLastModifiedTime(reason).toInstant());
    }

    @Test
    void looksPastAReasonThatIsNoLongerThere() throws IOException {
        Path failed = records.home().resolve("failed");
        Files.writeString(failed.resolve("a.csv"), "");
        Files.createSymbolicLink(failed.resolve("a.csv.reason.json"), failed.resolve("gone"));

        assertThat(status.failed().count()).isEqualTo(1);
    }
}
