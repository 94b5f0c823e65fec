package io.saddlebag.hq.simulation;

import io.saddlebag.hq.store.MemoryMessageStore.Row;
import io.saddlebag.hq.store.MessageStore.PublishOutcome;
import io.saddlebag.hq.store.MessageStore.PublishResult;
import io.saddlebag.hq.store.MessageStore.StoredPublication;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.QueuedDelivery;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The database that several headquarters share, beyond the messages: which nodes there are, where each delivery is at home,
 * commits whose connection broke and that take effect later or never.
 */
final class Cluster {
    /** The server ends the session of a silent node after so long, and with it the node's lock. */
    private static final Duration SILENT = Duration.ofSeconds(10);

    private final World world;
    private final Map<Long, NodeRow> nodes = new TreeMap<>();
    private final Map<String, Long> homes = new HashMap<>();
    private final Map<Long, List<Commit>> underWay = new HashMap<>();

    Cluster(World world) {
        this.world = world;
    }

    /** A row of {@code hq_node}, and whether a session holds its lock. */
    private static final class NodeRow {
        private final String name;
        private boolean ended;
        private boolean left;
        private Instant beat;

        NodeRow(String name, Instant beat) {
            this.name = name;
            this.beat = beat;
        }
    }

    /** A commit that the server still works on. */
    private record Commit(Runnable effect, List<PayloadRef> payloads) {}

    /** Adds a start of a node, and ends the former ones of its name. */
    long join(String name) {
        nodes.forEach((id, row) -> {
            if (row.name.equals(name)) {
                end(id);
            }
        });
        long id = nodes.size() + 1L;
        nodes.put(id, new NodeRow(name, now()));
        return id;
    }

    private Instant now() {
        return world.turns.clock().instant();
    }

    boolean isEnded(long node) {
        return nodes.get(node).ended;
    }

    void beat(long node) {
        nodes.get(node).beat = now();
    }

    /** The process is gone, and with it its session. */
    void left(long node) {
        nodes.get(node).left = true;
    }

    /** The process of that name is gone before it began. */
    void leftUnstarted(String name) {
        live().forEach((id, its) -> {
            if (its.equals(name)) {
                left(id);
            }
        });
    }

    /** The standby takes over: what was committed is there, and no session is. */
    void failOver() {
        nodes.values().forEach(row -> row.beat = Instant.MIN);
        List.copyOf(underWay.keySet()).forEach(this::finish);
    }

    /** The names of those that have not ended, by id. */
    Map<Long, String> live() {
        Map<Long, String> live = new TreeMap<>();
        nodes.forEach((id, row) -> {
            if (!row.ended) {
                live.put(id, row.name);
            }
        });
        return live;
    }

    boolean isHeld(long node) {
        NodeRow row = nodes.get(node);
        return !row.left && !row.beat.isBefore(now().minus(SILENT));
    }

    /** Waits for the commits of the node that are under way, or cuts them; then it has ended. */
    boolean end(long node) {
        finish(node);
        boolean was = nodes.get(node).ended;
        nodes.get(node).ended = true;
        return !was;
    }

    /** Keeps a commit whose connection broke. */
    void underWay(long node, Runnable effect, List<PayloadRef> payloads) {
        underWay.computeIfAbsent(node, first -> new ArrayList<>()).add(new Commit(effect, payloads));
        world.turns.after(Duration.ofMillis(world.random.nextInt(5_000)), () -> finish(node));
    }

    /** Each commit that is under way takes effect, or does not. */
    void finish(long node) {
        List<Commit> commits = underWay.remove(node);
        if (commits == null) {
            return;
        }
        for (Commit commit : commits) {
            if (world.random.nextBoolean()) {
                commit.effect().run();
            } else {
                commit.payloads().forEach(world.payloads::drop);
            }
        }
    }

    /**
     * Commits publications with their payloads in one transaction, which the end of the node excludes.
     *
     * @return null when the node has ended
     */
    List<PublishOutcome> publish(long node, List<StoredPublication> publications) {
        if (isEnded(node)) {
            if (world.breakage != Breakage.COMMITS_WITHOUT_A_FENCE) {
                return null;
            }
            world.ledger.commitsThoughEnded(publications.size());
        }
        List<PublishOutcome> outcomes = world.messages.publish(publications, 0);
        for (int i = 0; i < outcomes.size(); i++) {
            if (outcomes.get(i) == PublishOutcome.STORED) {
                StoredPublication stored = publications.get(i);
                world.payloads.keep(stored.payload());
                stored.publication()
                        .deliveries()
                        .forEach(target -> homes.put(key(stored.messageNumber(), target.queueName()), node));
            }
        }
        return outcomes;
    }

    private static String key(long number, String queue) {
        return queue + "/" + number;
    }

    long home(long number, String queue) {
        return homes.get(key(number, queue));
    }

    void move(QueuedDelivery delivery, long to) {
        homes.put(key(delivery.messageNumber(), delivery.queueName()), to);
    }

    /** All that waits at a node. */
    List<QueuedDelivery> waitingAt(long node) {
        List<QueuedDelivery> waiting = new ArrayList<>();
        for (Row row : world.messages.rows()) {
            StoredPublication stored = new StoredPublication(row.number(), row.publication(), row.payload());
            PublishResult.of(stored, PublishOutcome.STORED).deliveries().stream()
                    .filter(each -> row.waitsOn(each.queueName()) && home(row.number(), each.queueName()) == node)
                    .forEach(waiting::add);
        }
        return waiting;
    }
}
