package io.saddlebag.bench.nodes;

import io.saddlebag.bench.chaos.fault.Commands;
import io.saddlebag.bench.chaos.fault.FaultyProxy;
import io.saddlebag.bench.chaos.fault.Target;
import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.cli.home.SiteProcesses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One of several headquarters: a process, its home, and its ways to both servers of the database. For one thread. */
final class HqNode implements AutoCloseable {
    private static final int LOOK_MILLIS = 300;
    private static final long RESTART_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String name;
    private final int port;
    private final ScenarioHomes homes;
    private final SiteProcesses processes;
    private final List<FaultyProxy> database;
    private long endedNanos;

    /**
     * @param homes a folder with the home of this headquarters
     * @param database the ways to the servers
     */
    HqNode(String name, int port, ScenarioHomes homes, List<FaultyProxy> database) {
        this.name = name;
        this.port = port;
        this.homes = homes;
        this.processes = new SiteProcesses(homes);
        this.database = database;
    }

    String name() {
        return name;
    }

    int port() {
        return port;
    }

    Path home() {
        return homes.home(Target.HQ.site()).folder();
    }

    Path log() {
        return processes.log(Target.HQ.site());
    }

    void start() throws IOException {
        processes.start(Target.HQ.site());
    }

    Optional<Process> process() {
        return processes.process(Target.HQ.site());
    }

    /** True while its door is open: a connection stays, and it waits for the first byte. */
    boolean isOpen() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), LOOK_MILLIS);
            socket.setSoTimeout(LOOK_MILLIS);
            return socket.getInputStream().read() >= 0;
        } catch (SocketTimeoutException e) {
            return process().map(Process::isAlive).orElse(false);
        } catch (IOException e) {
            return false;
        }
    }

    void kill() {
        processes.kill(Target.HQ.site());
    }

    void freeze() throws IOException {
        signal("-STOP");
    }

    void thaw() throws IOException {
        signal("-CONT");
    }

    private void signal(String signal) throws IOException {
        Commands.run("kill", signal, Long.toString(process().orElseThrow().pid()));
    }

    /** Cuts it from the database, and from nothing else. */
    void cutDatabase(boolean cut) {
        database.forEach(way -> way.stall(cut));
    }

    /** Starts it again a second after it ended by itself; returns whether it did. */
    boolean revive() throws IOException {
        Process process = process().orElse(null);
        if (process == null || process.isAlive()) {
            endedNanos = 0;
            return false;
        }
        if (endedNanos == 0) {
            endedNanos = System.nanoTime();
            return false;
        }
        if (System.nanoTime() - endedNanos < RESTART_NANOS) {
            return false;
        }
        endedNanos = 0;
        start();
        return true;
    }

    /** Returns whether it ended when it was asked to. */
    boolean stop() {
        return process().isEmpty() || processes.stop(Target.HQ.site());
    }

    @Override
    public void close() {
        processes.stop();
        database.forEach(FaultyProxy::close);
    }
}
