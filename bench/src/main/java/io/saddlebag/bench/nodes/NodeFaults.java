package io.saddlebag.bench.nodes;

import io.saddlebag.bench.chaos.DroppedFile;
import io.saddlebag.bench.chaos.FolderCheck;
import io.saddlebag.bench.chaos.RefusedStart;
import io.saddlebag.bench.chaos.fault.RunClock;
import io.saddlebag.cli.demo.HqRecords;
import io.saddlebag.hq.postgres.PostgresException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** Does one fault after the other to nodes and database while files travel, and undoes it. For one thread. */
final class NodeFaults {
    private static final int SILENT_SECONDS = 2;
    private static final long PATIENCE_SECONDS = 120;
    /** A lease ends 8 s after the last beat, and its session 10 s after it. */
    private static final int SHORTEST_FREEZE_MILLIS = 12_000;

    private static final int LONGEST_FREEZE_MILLIS = 16_000;
    /** Confirms that were on their way when the standby died have arrived by then. */
    private static final int GRACE_MILLIS = 3_000;

    private static final int UPLOAD_BYTES = 24 << 20;
    private static final int PART_BYTES = 1 << 20;
    private static final int MOST_PARTS_AGAIN = 8;
    private static final String WAITING_COMMITS =
            "FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND application_name LIKE 'saddlebag%'";

    private final NodesNetwork network;
    private final NodesTraffic traffic;
    private final Random random;
    private final FolderCheck.Findings findings;
    private Map<String, Double> figures;

    NodeFaults(NodesNetwork network, NodesTraffic traffic, Random random, FolderCheck.Findings findings) {
        this.network = network;
        this.traffic = traffic;
        this.random = random;
        this.findings = findings;
    }

    /** Returns what was measured, by name, once everything works again. */
    Map<String, Double> strike(NodeFault kind) throws IOException, PostgresException, InterruptedException {
        figures = new LinkedHashMap<>();
        HqNode node = network.nodes().get(random.nextInt(network.nodes().size()));
        switch (kind) {
            case KILL_NODE -> killNode(node);
            case FREEZE_NODE -> freezeNode(node);
            case KILL_PRIMARY -> killPrimary();
            case FREEZE_PRIMARY -> freezePrimary();
            case LOSE_STANDBY -> loseStandby();
            case CANCEL_COMMIT -> cancelCommit();
            case CUT_DATABASE -> cutDatabase(node);
            case KILL_IN_UPLOAD -> killInUpload();
            case SINGLE_BESIDE -> startSingle();
        }
        awaitAllOpen();
        return figures;
    }

    void awaitAllOpen() throws IOException, InterruptedException {
        for (HqNode node : network.nodes()) {
            traffic.until(node.name() + " at work", PATIENCE_SECONDS, node::isOpen);
        }
    }

    private void killNode(HqNode node) throws IOException, InterruptedException {
        long id = idOf(node);
        int files = traffic.dropped().size();
        long begun = traffic.nanos();
        node.kill();
        awaitAdopted(id, "rows adopted", begun);
        awaitElsewhere("sites elsewhere", files, begun);
        node.start();
    }

    private void freezeNode(HqNode node) throws IOException, InterruptedException {
        long id = idOf(node);
        long begun = traffic.nanos();
        node.freeze();
        try {
            awaitAdopted(id, "rows adopted", begun);
            traffic.pass(Math.max(0, freezeMillis() - (long) (1_000 * traffic.seconds(begun))));
        } finally {
            node.thaw();
        }
        long thawed = traffic.nanos();
        traffic.until(node.name() + " as a new node", PATIENCE_SECONDS, () -> idOf(node) > id && node.isOpen());
        figure("a new node after", thawed);
    }

    private int freezeMillis() {
        return SHORTEST_FREEZE_MILLIS + random.nextInt(LONGEST_FREEZE_MILLIS - SHORTEST_FREEZE_MILLIS);
    }

    private void killPrimary() throws IOException, PostgresException, InterruptedException {
        long begun = traffic.nanos();
        network.database().killPrimary();
        traffic.pass(random.nextInt(2_000));
        promote(begun);
        network.database().rejoin();
    }

    private void freezePrimary() throws IOException, PostgresException, InterruptedException {
        long begun = traffic.nanos();
        network.database().freezePrimary();
        traffic.pass(1_000 + random.nextInt(4_000));
        promote(begun);
        network.database().thawStandby();
        traffic.pass(random.nextInt(4_000));
        network.database().rejoin();
    }

    private void promote(long begun) throws IOException, PostgresException, InterruptedException {
        network.database().promote(false);
        long promoted = traffic.nanos();
        int files = traffic.dropped().size();
        awaitElsewhere("writes again", files, begun);
        figure("of these after the promotion", promoted);
    }

    private void loseStandby() throws IOException, PostgresException, InterruptedException {
        network.database().killStandby();
        expectNothingConfirmed("the standby was dead", () -> traffic.pass(freezeMillis()));
        long begun = traffic.nanos();
        int files = traffic.dropped().size();
        network.database().restartStandby();
        awaitElsewhere("writes again", files, begun);
    }

    private interface Interval {
        void pass() throws IOException, PostgresException, InterruptedException;
    }

    private void expectNothingConfirmed(String when, Interval interval)
            throws IOException, PostgresException, InterruptedException {
        traffic.pass(GRACE_MILLIS);
        Set<String> before = traffic.sent();
        interval.pass();
        Set<String> since = new TreeSet<>(traffic.sent());
        since.removeAll(before);
        if (!since.isEmpty()) {
            findings.others().add("confirmed while " + when + ": " + since);
        }
    }

    /** The rows that commits left, though they were cancelled, are on the primary alone, which is lost in the end. */
    private void cancelCommit() throws IOException, PostgresException, InterruptedException {
        network.database().killStandby();
        traffic.until(
                "commits that wait for the standby",
                PATIENCE_SECONDS,
                () -> number("SELECT count(*) " + WAITING_COMMITS) > 0);
        expectNothingConfirmed("commits were cancelled that waited for the standby", () -> {
            int cancelled = 0;
            for (int i = 0; i < 10; i++) {
                cancelled += (int) Math.max(0, number("SELECT count(pg_cancel_backend(pid)) " + WAITING_COMMITS));
                traffic.pass(200);
            }
            figures.put("cancelled", (double) cancelled);
            network.database().killPrimary();
            network.database().restartPrimary();
            traffic.pass(5_000);
        });
        network.database().killPrimary();
        long begun = traffic.nanos();
        promote(begun);
        network.database().rejoin();
    }

    private void cutDatabase(HqNode node) throws IOException, InterruptedException {
        long id = idOf(node);
        long begun = traffic.nanos();
        int files = traffic.dropped().size();
        node.cutDatabase(true);
        try {
            traffic.until("the door of " + node.name() + " closed", PATIENCE_SECONDS, () -> !node.isOpen());
            figure("door closed", begun);
            awaitAdopted(id, "rows adopted", begun);
            awaitElsewhere("sites elsewhere", files, begun);
            traffic.pass(Math.max(0, freezeMillis() - (long) (1_000 * traffic.seconds(begun))));
        } finally {
            node.cutDatabase(false);
        }
    }

    private void killInUpload() throws IOException, InterruptedException {
        traffic.pause(true);
        try {
            traffic.until(
                    "a quiet moment",
                    PATIENCE_SECONDS,
                    () -> traffic.consumers().stillWaiting() == 0);
            long before = network.sentByPaLab();
            network.nodeOfPaLab();
            DroppedFile file = traffic.dropLarge(UPLOAD_BYTES);
            int parts = 4 + random.nextInt(12);
            traffic.until(
                    parts + " parts of an upload", PATIENCE_SECONDS, () -> received(file) >= (long) parts * PART_BYTES);
            HqNode holder = network.nodeOfPaLab();
            long begun = traffic.nanos();
            holder.kill();
            traffic.until("the upload at another node", PATIENCE_SECONDS, () -> traffic.consumers()
                    .arrived(file.number())
                    .isPresent());
            figure("arrived after", begun);
            double again = Math.max(0, network.sentByPaLab() - before - UPLOAD_BYTES) / (double) PART_BYTES;
            figures.put("parts again", again);
            if (again > MOST_PARTS_AGAIN + 1) {
                findings.others().add(file.fileName() + " took " + again + " parts again after a node was killed");
            }
            holder.start();
        } finally {
            traffic.pause(false);
        }
    }

    private long received(DroppedFile file) {
        return number("SELECT coalesce(max(received), 0) FROM upload WHERE message_id = '" + file.messageId() + "'");
    }

    private void startSingle() throws IOException, InterruptedException {
        Path log = network.singleLog();
        int before = Files.exists(log) ? Math.toIntExact(Files.size(log)) : 0;
        RefusedStart start = new RefusedStart(
                network.startSingle(), network::isSingleAtWork, log, before, "database", new RunClock());
        traffic.until("the end of a headquarters that is no node", PATIENCE_SECONDS, start::isOver);
        start.wrong().ifPresent(findings.others()::add);
        network.killSingle();
    }

    private void awaitAdopted(long id, String name, long begun) throws IOException, InterruptedException {
        traffic.until(
                "the rows of node " + id + " adopted",
                PATIENCE_SECONDS,
                () -> number("SELECT count(*) FROM hq_node n WHERE node_id = " + id + " AND ended_time IS NOT NULL"
                                + " AND NOT EXISTS (SELECT 1 FROM delivery_held d WHERE d.node = n.node_id)")
                        == 1);
        figure(name, begun);
    }

    /** Takes the time until a file of each laboratory, dropped since, was everywhere. */
    private void awaitElsewhere(String name, int files, long begun) throws IOException, InterruptedException {
        traffic.until("files dropped since to arrive", PATIENCE_SECONDS, () -> traffic.firstsArrived(files)
                .isPresent());
        OptionalLong arrived = traffic.firstsArrived(files);
        figures.put(name, (arrived.orElseThrow() - begun) / 1e9);
    }

    private void figure(String name, long sinceNanos) {
        figures.put(name, traffic.seconds(sinceNanos));
    }

    private long idOf(HqNode node) {
        return number("SELECT coalesce(max(node_id), -1) FROM hq_node WHERE ended_time IS NULL AND name = '"
                + node.name() + "'");
    }

    /** Asks the present primary; -1 when it does not answer. */
    private long number(String sql) {
        try (HqRecords records = HqRecords.open(network.database().psqlUrl(), SILENT_SECONDS);
                Statement statement = records.connection().createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        } catch (SQLException | IOException e) {
            return -1;
        }
    }
}
