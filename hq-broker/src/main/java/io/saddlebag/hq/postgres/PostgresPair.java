package io.saddlebag.hq.postgres;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Two embedded PostgreSQL servers on this machine, a primary and its synchronous standby, for tests and {@code bench}: they
 * can be killed, frozen, promoted and joined again. Nothing decides by itself who is primary. For one thread.
 */
public final class PostgresPair implements AutoCloseable {
    private static final int SECONDS = 60;

    private PairMember primary;
    private PairMember standby;

    private PostgresPair(PairMember primary, PairMember standby) {
        this.primary = primary;
        this.standby = standby;
    }

    /**
     * Makes both and starts them; a commit at the primary then waits for the standby.
     *
     * @param folder new or empty
     * @param binaries where PostgreSQL's programs lie or are unpacked to
     */
    public static PostgresPair start(Path folder, Path binaries) throws PostgresException {
        PairMember first = new PairMember("first", folder.resolve("first"), binaries);
        PairMember second = new PairMember("second", folder.resolve("second"), binaries);
        PostgresPair pair = new PostgresPair(first, second);
        try {
            first.start();
            first.takePart(null, null);
            first.server().stop();
            first.start();
            pair.rejoin();
            return pair;
        } catch (PostgresException e) {
            pair.close();
            throw e;
        }
    }

    /** Names both servers; a connection goes to the primary. */
    public String jdbcUrl() {
        return jdbcUrl(ports());
    }

    /** As {@link #jdbcUrl()}, by way of other ports of this machine that lead to both. */
    public static String jdbcUrl(List<Integer> ports) {
        return ports.stream()
                .map(port -> "127.0.0.1:" + port)
                .collect(Collectors.joining(
                        ",",
                        "jdbc:postgresql://",
                        "/" + PostgresServer.DATABASE + "?targetServerType=primary&hostRecheckSeconds=2"));
    }

    private PairMember first() {
        return primary.name().equals("first") ? primary : standby;
    }

    private PairMember second() {
        return first() == primary ? standby : primary;
    }

    /** Names the present primary alone. */
    public String primaryUrl() {
        return primary.server().jdbcUrl();
    }

    /** Names the present standby alone, which only reads. */
    public String standbyUrl() {
        return standby.server().jdbcUrl();
    }

    /** Names the present primary for {@code psql}; holds no secret. */
    public String psqlUrl() {
        return primary.server().psqlUrl();
    }

    /** The main processes of those that live. */
    public List<ProcessHandle> processes() {
        return Stream.of(primary, standby)
                .flatMap(member -> member.process().stream())
                .toList();
    }

    /** The ports of both, in the order in which {@link #jdbcUrl} has them. */
    public List<Integer> ports() {
        return List.of(first().server().port(), second().server().port());
    }

    public String user() {
        return primary.server().user();
    }

    /** Never to be logged. */
    public String password() {
        return primary.server().password();
    }

    /** As a power cut of the primary's machine. */
    public void killPrimary() {
        primary.kill();
    }

    /** The primary stops to answer, and its connections stay open. */
    public void freezePrimary() throws PostgresException {
        primary.freeze();
    }

    public void thawPrimary() {
        primary.thaw();
    }

    public void killStandby() {
        standby.kill();
    }

    /** No commit is answered any more, as with a standby whose machine is cut off. */
    public void freezeStandby() throws PostgresException {
        standby.freeze();
    }

    public void thawStandby() {
        standby.thaw();
    }

    /** Starts the killed primary again, as it was. */
    public void restartPrimary() throws PostgresException {
        primary.start();
    }

    /** Starts the killed standby again; it fetches what it lacks. */
    public void restartStandby() throws PostgresException {
        standby.start();
        awaitSynchronous();
    }

    /**
     * The standby becomes the primary, whatever the former one does: that may live on and take itself for the primary, but
     * no commit of it is answered, since its standby has left it.
     *
     * @param strict true when the new primary answers no commit before the other one has joined again
     */
    public void promote(boolean strict) throws PostgresException {
        if (!standby.server().isRunning()) {
            standby.start();
        }
        standby.takePart(strict ? primary : null, null);
        standby.promote();
        standby.reload();
        PairMember former = primary;
        primary = standby;
        standby = former;
    }

    /** Kills the server that is not primary, if it lives, and makes it the synchronous standby of the one that is. */
    public void rejoin() throws PostgresException {
        standby.thaw();
        standby.kill();
        standby.copyFrom(primary);
        standby.start();
        waitForStandby(true);
        awaitSynchronous();
    }

    /** Sets whether commits wait for the standby; without, one is lost when the primary's disk is. */
    public void waitForStandby(boolean wait) throws PostgresException {
        primary.takePart(wait ? standby : null, null);
        primary.reload();
    }

    private void awaitSynchronous() throws PostgresException {
        primary.awaitTrue(
                "SELECT sync_state = 'sync' FROM pg_stat_replication WHERE application_name = '" + standby.name() + "'",
                SECONDS);
    }

    /** Stops both. */
    @Override
    public void close() {
        primary.thaw();
        standby.kill();
        primary.close();
    }
}
