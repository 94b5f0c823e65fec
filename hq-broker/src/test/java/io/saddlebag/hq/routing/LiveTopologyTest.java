package io.saddlebag.hq.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.dsse.OperatorEntry;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.oplog.OperatorJournalCheck;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.testing.TestNetwork;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveTopologyTest {
    @TempDir
    Path folder;

    @Test
    void takesUpAChangedFileAndTellsOfIt() throws Exception {
        Path file = Files.writeString(folder.resolve("topology.yaml"), TopologyReaderTest.GOOD);
        LiveTopology live = new LiveTopology(file);
        List<Topology> seen = new ArrayList<>();
        live.onChange(seen::add);
        Files.writeString(file, TopologyReaderTest.GOOD + "  - {id: PA-LAB, publish: [labs]}\n");
        live.refresh();
        live.refresh();
        assertThat(seen).hasSize(1);
        assertThat(live.current().mayPublish(SiteId.of("PA-LAB"), "labs")).isTrue();
    }

    @Test
    void notesAChangeInTheOperatorJournal() throws Exception {
        SiteIdentity identity = TestNetwork.create(folder).identity(TestNetwork.HQ);
        SiteHome home = new SiteHome(folder.resolve("dc-hq"));
        Path file = Files.writeString(home.resolve("topology.yaml"), TopologyReaderTest.GOOD);
        LiveTopology live = new LiveTopology(file);
        live.onChange(new NotedTopology(home, file, identity, Clock.systemUTC()));
        Files.writeString(file, TopologyReaderTest.GOOD.replace("FL-LAB", "IL-LAB"));
        live.refresh();

        List<OperatorEntry> entries = new ArrayList<>();
        OperatorJournalCheck.read(
                home, TestNetwork.HQ, identity.trust(), (entry, isSigned) -> entries.add(entry), Assertions::fail);
        assertThat(entries).singleElement().satisfies(entry -> {
            assertThat(entry.action()).isEqualTo("topology");
            assertThat(entry.user()).isEqualTo(Files.getOwner(file).getName());
            assertThat(entry.targets())
                    .containsExactly("topology.yaml", "SHA-256 " + Sha256.of(Files.readAllBytes(file)));
        });
    }

    @Test
    void keepsTheLastGoodOneWhenTheFileIsBrokenOrGone() throws Exception {
        Path file = Files.writeString(folder.resolve("topology.yaml"), TopologyReaderTest.GOOD);
        LiveTopology live = new LiveTopology(file);
        Topology good = live.current();
        Files.writeString(file, "exchanges: [");
        live.refresh();
        assertThat(live.current()).isSameAs(good);
        Files.delete(file);
        live.refresh();
        assertThat(live.current()).isSameAs(good);
        Files.writeString(file, TopologyReaderTest.GOOD.replace("FL-LAB", "IL-LAB"));
        live.refresh();
        assertThat(live.current().mayPublish(SiteId.of("IL-LAB"), "labs")).isTrue();
    }

    @Test
    void passesOverAByteOrderMarkAndNamesAnotherEncoding() throws Exception {
        Path file = Files.writeString(folder.resolve("topology.yaml"), "\uFEFF" + TopologyReaderTest.GOOD);
        assertThat(new LiveTopology(file).current().queues()).isNotEmpty();
        Files.write(file, ("# Zürich\n" + TopologyReaderTest.GOOD).getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> new LiveTopology(file))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining(file + ":1: expected UTF-8, found the byte 0xFC");
    }

    @Test
    void saysWhereTheTopologyIsExpectedWhenThereIsNone() {
        assertThatThrownBy(() -> new LiveTopology(folder.resolve("none.yaml")))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining("none.yaml")
                .hasMessageContaining("hq.topology");
    }
}
