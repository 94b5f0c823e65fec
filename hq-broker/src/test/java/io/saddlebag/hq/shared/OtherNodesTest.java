package io.saddlebag.hq.shared;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.hq.routing.LiveTopology;
import io.saddlebag.hq.store.shared.TopologyStore;
import io.saddlebag.hq.testing.RunningHq;
import io.saddlebag.hq.testing.StepFixture;
import io.saddlebag.hq.testing.TestDatabase;
import io.saddlebag.message.SiteId;
import io.saddlebag.observe.SiteStatus.Node;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The nodes as their status shows them. */
class OtherNodesTest {
    private static final SiteId LAB = SiteId.of("FL-LAB");

    @TempDir
    Path folder;

    private boolean isAway;

    private static void add(TestDatabase database, String name, int slot, String topology, String beat, String ended) {
        database.execute("INSERT INTO hq_node (name, slot, address, version, topology_sha256, started_time, beat_time,"
                + " ended_time) VALUES ('" + name + "', " + slot + ", 'hq:1', '1', " + topology
                + ", now(), now() - interval '"
                + beat + "', now() - interval '" + ended + "')");
    }

    @Test
    void showsTheLastStartOfEachNodeAndForgetsThoseThatAreGone() throws Exception {
        try (TestDatabase database = TestDatabase.create()) {
            byte[] yaml = RunningHq.TOPOLOGY.getBytes(StandardCharsets.UTF_8);
            new TopologyStore(database.dataSource()).add(1, yaml, "n1");
            String newest = "(SELECT sha256 FROM topology)";
            add(database, "n1", 1, newest, "1 second", "1 hour");
            database.execute("UPDATE hq_node SET ended_time = now() - interval '1 minute'");
            add(database, "n1", 1, newest, "1 second", "1 hour");
            add(database, "n2", 2, "'\\x00'", "1 second", "1 hour");
            add(database, "n3", 3, newest, "20 seconds", "1 hour");
            database.execute("UPDATE hq_node SET ended_time = NULL WHERE node_id > 1");
            add(database, "n4", 4, newest, "1 hour", "59 minutes");
            add(database, "n5", 5, newest, "3 days", "2 days");
            LiveTopology topology = StepFixture.topology(folder);
            OtherNodes others = new OtherNodes(database.dataSource(), topology, () -> isAway);

            others.look(List.of(LAB));

            assertThat(others.nodes())
                    .extracting(node -> node.name() + " " + node.state())
                    .containsExactly("n1 ready", "n2 behind", "n3 silent", "n4 ended");
            assertThat(others.nodes()).filteredOn(Node::isReady).hasSize(1);
            OtherNodes another = new OtherNodes(database.dataSource(), topology, () -> isAway);
            another.look(List.of());
            assertThat(another.lastSeen()).containsOnlyKeys(LAB);
            others.look(List.of(LAB));
            assertThat(others.lastSeen()).containsOnlyKeys(LAB);
            assertThat(others.isReady()).isTrue();
            isAway = true;
            assertThat(others.isReady()).isFalse();
            isAway = false;
            topology.takeUp("topology version 2", new byte[] {'['});
            assertThat(others.isReady()).isFalse();
        }
    }
}
