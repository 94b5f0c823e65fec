package io.saddlebag.hq.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteStartException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
