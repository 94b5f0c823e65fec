package io.saddlebag.hq.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.saddlebag.hq.routing.LiveTopology;
import io.saddlebag.hq.store.shared.SharedMarks;
import io.saddlebag.hq.store.shared.TopologyStore;
import io.saddlebag.hq.testing.RunningHq;
import io.saddlebag.hq.testing.TestDatabase;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.testing.LoggedLines;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The topology of two nodes, each with a home of its own. */
class SharedTopologyTest {
    private static final String OTHER = RunningHq.TOPOLOGY.replace("other]", "more]");

    @TempDir
    Path folder;

    private final TestDatabase database = TestDatabase.create();
    private final TopologyStore store = new TopologyStore(database.dataSource());
    private final List<Long> changes = new ArrayList<>();

    @AfterEach
    void close() {
        database.close();
    }

    /** A node with its home's file. */
    private final class Node {
        private final Path file;
        private final LiveTopology live;
        private final SharedTopology shared;

        Node(String name, String yaml) throws Exception {
            file = Files.writeString(folder.resolve(name + ".yaml"), yaml);
            live = new LiveTopology(file);
            shared = SharedTopology.open(live, store, file, name);
            shared.onChange(stored -> changes.add(stored.version()));
        }

        void look() throws Exception {
            shared.takeUp(SharedMarks.read(database.dataSource()).topology());
            shared.lookAtFile();
        }
    }

    private boolean change(long version, String yaml) throws Exception {
        return store.add(version, yaml.getBytes(StandardCharsets.UTF_8), "anna");
    }

    @Test
    void allNodesTakeUpAChangeAndTheirFilesFollow() throws Exception {
        Node first = new Node("n1", RunningHq.TOPOLOGY);
        Node second = new Node("n2", RunningHq.TOPOLOGY);
        assertThat(store.newest().orElseThrow().changedBy()).isEqualTo("node n1");

        assertThat(change(2, OTHER)).isTrue();
        assertThat(change(2, RunningHq.TOPOLOGY)).as("another one is there").isFalse();
        assertThat(change(4, RunningHq.TOPOLOGY)).as("one is left out").isFalse();
        for (Node each : List.of(first, second)) {
            each.look();
            assertThat(each.live.current().hasExchange("more")).isTrue();
            assertThat(each.file).hasContent(OTHER);
            assertThat(each.live.digest())
                    .isEqualTo(store.newest().orElseThrow().sha256());
        }
        assertThat(changes).containsExactly(2L, 2L);
        assertThat(new Node("n3", RunningHq.TOPOLOGY).live.current()).isEqualTo(first.live.current());
    }

    @Test
    void aFileThatAPersonEditedIsWarnedOfOnceAndLeftAlone() throws Exception {
        Node first = new Node("n1", RunningHq.TOPOLOGY);
        Files.writeString(first.file, OTHER);
        try (LoggedLines log = LoggedLines.of(SharedTopology.class)) {
            first.look();
            first.look();
            assertThat(log.at(Level.WARN))
                    .singleElement()
                    .asString()
                    .contains(
                            "n1.yaml: differs from the topology of the nodes, version 1 by node n1, and is not taken up");
        }
        assertThat(first.live.current().hasExchange("more")).isFalse();
        assertThat(first.file).hasContent(OTHER);
        change(2, OTHER);
        first.look();
        assertThat(first.live.current().hasExchange("more")).isTrue();
    }

    @Test
    void aFaultLeavesTheLastGoodOne() throws Exception {
        Node first = new Node("n1", RunningHq.TOPOLOGY);
        for (String fault :
                List.of("exchanges: [", RunningHq.TOPOLOGY.replace("site: CA-RC}", "site: CA-RC, ordered: true}"))) {
            change(store.newest().orElseThrow().version() + 1, fault);
            try (LoggedLines log = LoggedLines.of(LiveTopology.class)) {
                first.look();
                first.look();
                assertThat(log.at(Level.ERROR)).hasSize(1);
            }
            assertThat(first.live.isFaulty()).isTrue();
            assertThat(first.live.current().hasExchange("labs")).isTrue();
            assertThat(first.file).hasContent(RunningHq.TOPOLOGY);
            assertThat(first.live.digest())
                    .isNotEqualTo(store.newest().orElseThrow().sha256());
        }
        change(4, OTHER);
        first.look();
        assertThat(first.live.isFaulty()).isFalse();
        assertThat(first.file).hasContent(OTHER);
    }

    @Test
    void refusesToStartWithAnOrderedQueue() {
        assertThatThrownBy(
                        () -> new Node("n1", RunningHq.TOPOLOGY.replace("site: CA-RC}", "site: CA-RC, ordered: true}")))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining("n1.yaml: expected no queue with ordered: true at several headquarters (hq.node),"
                        + " found ca_rc_queue");
        assertThat(database.number("SELECT count(*) FROM topology")).isZero();
    }
}
