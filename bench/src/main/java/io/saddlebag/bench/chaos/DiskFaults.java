package io.saddlebag.bench.chaos;

import io.saddlebag.bench.chaos.fault.DiskPlace;
import io.saddlebag.bench.chaos.fault.RunClock;
import io.saddlebag.bench.chaos.fault.Target;
import io.saddlebag.cli.demo.HqRecords;
import io.saddlebag.message.Manifest;
import io.saddlebag.site.SiteHome;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Takes disks away from sites and puts them back, and flips single bits of the files of stopped sites. A site must not write
 * into the bare folder of a missing disk, and must not start on a damaged store. For one thread.
 */
final class DiskFaults {
    private static final int BITS = 8;
    private static final String HELD = "SELECT DISTINCT sender_id, message_id, payload_file, payload_offset,"
            + " manifest_length, body_length FROM delivery_held JOIN message USING (message_number)"
            + " WHERE dead_lettered_time IS NULL AND payload_missing_time IS NULL ORDER BY sender_id, message_id";
    /** Magic, lengths and their checksum; then a checksum a part, the manifest and the sealed message. */
    private static final int HEAD_LENGTH = 20;

    private static final int SILENT_SECONDS = 2;

    private final ChaosNetwork network;
    private final RunClock clock;
    private final Excuses excuses;
    private final Set<String> oddities;

    /**
     * @param excuses takes note of messages that lost a bit
     * @param oddities takes wrong reactions of the sites
     */
    DiskFaults(ChaosNetwork network, RunClock clock, Excuses excuses, Set<String> oddities) {
        this.network = network;
        this.clock = clock;
        this.excuses = excuses;
        this.oddities = oddities;
    }

    /** While the site runs. */
    FaultPower.Undo lose(DiskPlace place) throws IOException {
        network.disk(place).takeAway();
        return () -> {
            putBack(place);
            return true;
        };
    }

    /** While the site is dead: it has to refuse its next start. */
    FaultPower.Undo absent(DiskPlace place) throws IOException {
        Target target = place.target();
        network.killWhole(target);
        network.disk(place).takeAway();
        RefusedStart start =
                RefusedStart.of(network, target, place.in(home(target)).toString(), clock);
        return undo(start, () -> {
            start.wrong().ifPresent(wrong -> oddities.add(place + " absent: " + wrong));
            network.killWhole(target);
            putBack(place);
            network.start(target);
        });
    }

    private void putBack(DiskPlace place) throws IOException {
        List<Path> below = network.disk(place).putBack();
        below.forEach(file -> oddities.add(place + " was away, and below its mount point was written " + file));
    }

    /** In the payload of a message that waits at headquarters, which is killed for it. Nothing happens when none waits. */
    FaultPower.Undo flipInSpool(int variant) throws IOException {
        String psqlUrl = network.psqlUrl();
        network.kill(Target.HQ);
        List<HeldPayload> held = heldPayloads(psqlUrl);
        boolean any = !held.isEmpty();
        if (any) {
            HeldPayload payload = held.get(variant % held.size());
            excuses.damaged(payload.messageId());
            long position = payload.offset() + (long) variant * variant % payload.length();
            new BitFlip(payload.fileIn(home(Target.HQ).resolve("spool")), position, variant % BITS).run();
        }
        return () -> {
            network.start(Target.HQ);
            return any;
        };
    }

    /** In the journal of a laboratory or a centre, which has to refuse its start until the bit is right again. */
    FaultPower.Undo flipInJournal(Target target, int variant) throws IOException {
        stop(target);
        Path journal = home(target).journal().resolve(Target.LABS.contains(target) ? "lab.db" : "rc.db");
        BitFlip flip = new BitFlip(journal, (long) variant * variant % Files.size(journal), variant % BITS);
        flip.run();
        RefusedStart start = RefusedStart.of(network, target, journal.toString(), clock);
        return undo(flip, target, start, true);
    }

    /**
     * In a table of headquarters' database whose pages have checksums. Where the start reads the page it has to be
     * refused; where it does not, the page is put right later and nothing may be missed.
     */
    FaultPower.Undo flipInDatabase(int variant) throws IOException {
        String psqlUrl = network.psqlUrl();
        Optional<Path> relation = fileOf("delivery_held", psqlUrl);
        stop(Target.HQ);
        Path postgres = home(Target.HQ).resolve("postgres");
        Path table =
                postgres.resolve("data").resolve(relation.map(Path::toString).orElse("none"));
        if (!Files.exists(table) || Files.size(table) == 0) {
            return () -> {
                network.start(Target.HQ);
                return false;
            };
        }
        BitFlip flip = new BitFlip(table, (long) variant * variant % Files.size(table), variant % BITS);
        flip.run();
        return undo(flip, Target.HQ, RefusedStart.of(network, Target.HQ, "database is damaged", clock), false);
    }

    private FaultPower.Undo undo(BitFlip flip, Target target, RefusedStart start, boolean mustRefuse) {
        return undo(start, () -> {
            if (mustRefuse || !start.isAlive()) {
                start.wrong()
                        .ifPresent(wrong -> oddities.add(target + " with a bit flipped at " + flip.position() + " of "
                                + flip.file().getFileName() + ": " + wrong));
            }
            network.stopWhole(target);
            flip.run();
            network.start(target);
        });
    }

    /** Repairs once the start is over; the fault was felt when the site refused it. */
    private static FaultPower.Undo undo(RefusedStart start, Repair repair) {
        return new FaultPower.Undo() {
            @Override
            public boolean isDue() {
                return start.isOver();
            }

            @Override
            public boolean run() throws IOException {
                boolean refused = !start.isAlive();
                repair.run();
                return refused;
            }
        };
    }

    @FunctionalInterface
    private interface Repair {
        void run() throws IOException;
    }

    /** Waits for seconds at most: a fault may have stopped PostgreSQL, and who waits here does not end that fault. */
    static HqRecords records(String psqlUrl) throws IOException, SQLException {
        return HqRecords.open(psqlUrl, SILENT_SECONDS);
    }

    /** All that wait; none when PostgreSQL does not answer. */
    private static List<HeldPayload> heldPayloads(String psqlUrl) throws IOException {
        List<HeldPayload> held = new ArrayList<>();
        try (HqRecords records = records(psqlUrl);
                Statement statement = records.connection().createStatement();
                ResultSet rows = statement.executeQuery(HELD)) {
            while (rows.next()) {
                held.add(new HeldPayload(
                        rows.getString("sender_id"),
                        rows.getString("message_id"),
                        rows.getLong("payload_file"),
                        rows.getLong("payload_offset"),
                        rows.getInt("manifest_length"),
                        rows.getLong("body_length")));
            }
            return held;
        } catch (SQLException e) {
            return List.of();
        }
    }

    /** The file of a table, relative to PostgreSQL's data folder; empty when PostgreSQL does not answer. */
    private static Optional<Path> fileOf(String table, String psqlUrl) throws IOException {
        try (HqRecords records = records(psqlUrl);
                Statement statement = records.connection().createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_relation_filepath('" + table + "')")) {
            return row.next() ? Optional.of(Path.of(row.getString(1))) : Optional.empty();
        } catch (SQLException e) {
            return Optional.empty();
        }
    }

    private void stop(Target target) {
        if (!network.stopWhole(target)) {
            oddities.add(target + " did not stop when asked");
        }
    }

    private SiteHome home(Target target) {
        return network.homes().home(target.site());
    }

    /** One bit of a file that was changed, as a bad disk does; only while nobody has the file open. */
    record BitFlip(Path file, long position, int bit) {
        /** Flips it; a second time makes it right again. */
        void run() throws IOException {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                ByteBuffer one = ByteBuffer.allocate(1);
                if (channel.read(one, position) != 1) {
                    throw new EOFException("expected a byte at " + position + " of " + file + ", found its end");
                }
                one.put(0, (byte) (one.get(0) ^ 1 << bit)).flip();
                channel.write(one, position);
            }
        }
    }

    /** Where the sealed message lies that a delivery waits for. */
    private record HeldPayload(
            String senderId, String messageId, long file, long offset, int manifestLength, long bodyLength) {
        long length() {
            return HEAD_LENGTH + 4L * Manifest.partsOf(bodyLength) + manifestLength + bodyLength;
        }

        Path fileIn(Path spool) {
            Path segment = spool.resolve(file + ".segment");
            return Files.exists(segment) ? segment : spool.resolve(file + ".payload");
        }
    }
}
