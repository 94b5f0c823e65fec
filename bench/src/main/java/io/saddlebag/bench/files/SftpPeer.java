package io.saddlebag.bench.files;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * OpenSSH's sftp and an sshd of its own on this machine, to bring the same bytes over the same line. Nothing is sealed,
 * nothing is synced, and there is one hop. For one thread.
 */
final class SftpPeer implements AutoCloseable {
    private static final List<String> PROGRAMS = List.of("sshd", "sftp", "ssh-keygen");
    private static final long START_SECONDS = 20;
    private static final long LOOK_MILLIS = 100;

    private final Path folder;
    private final int port;
    private final Process server;

    private SftpPeer(Path folder, int port, Process server) {
        this.folder = folder;
        this.port = port;
        this.server = server;
    }

    /** The programs that this machine lacks. */
    static List<String> lacking() {
        return PROGRAMS.stream().filter(each -> program(each).isEmpty()).toList();
    }

    private static Optional<String> program(String name) {
        String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin";
        return Arrays.stream(path.split(":"))
                .map(each -> Path.of(each, name))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    /**
     * Starts sshd.
     *
     * @param folder new; for its keys and the files that it takes
     * @param port to listen on
     * @throws IOException when it does not listen in time
     */
    static SftpPeer start(Path folder, int port) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        for (String key : List.of("host", "user")) {
            run(folder, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key);
        }
        if ("root".equals(System.getProperty("user.name"))) {
            Files.createDirectories(Path.of("/run/sshd"));
        }
        List<String> options = Stream.of(
                        "PidFile=none",
                        "ListenAddress=127.0.0.1",
                        "AuthorizedKeysFile=" + folder.resolve("user.pub"),
                        "StrictModes=no",
                        "PermitRootLogin=prohibit-password",
                        "AuthenticationMethods=publickey",
                        "UsePAM=no",
                        "Subsystem=sftp internal-sftp")
                .flatMap(each -> Stream.of("-o", each))
                .toList();
        List<String> command = new ArrayList<>(List.of(
                program("sshd").orElseThrow(),
                "-D",
                "-e",
                "-f",
                "/dev/null",
                "-p",
                Integer.toString(port),
                "-h",
                folder.resolve("host").toString()));
        command.addAll(options);
        Process server = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("sshd.log").toFile())
                .start();
        SftpPeer peer = new SftpPeer(folder, port, server);
        try {
            peer.awaitListening();
        } catch (IOException | InterruptedException e) {
            peer.close();
            throw e;
        }
        return peer;
    }

    private void awaitListening() throws IOException, InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (true) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return;
            } catch (IOException e) {
                if (!server.isAlive() || System.nanoTime() - until > 0) {
                    throw new IOException(
                            "Expected sshd to listen on port " + port + ", found: "
                                    + Files.readString(folder.resolve("sshd.log")),
                            e);
                }
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    int port() {
        return port;
    }

    /**
     * Brings a file; returns the seconds that it took.
     *
     * @param through the port to connect to
     */
    double put(Path file, int through) throws IOException, InterruptedException {
        Path there = Files.createDirectories(folder.resolve("there"));
        Files.writeString(folder.resolve("batch"), "put " + file + " " + there + "/\n");
        long start = System.nanoTime();
        run(
                folder,
                "sftp",
                "-q",
                "-b",
                "batch",
                "-P",
                Integer.toString(through),
                "-i",
                "user",
                "-F",
                "none",
                "-o",
                "StrictHostKeyChecking=no",
                "-o",
                "UserKnownHostsFile=/dev/null",
                "-o",
                "LogLevel=ERROR",
                "-o",
                "IdentitiesOnly=yes",
                "127.0.0.1");
        return (System.nanoTime() - start) / 1e9;
    }

    private static void run(Path folder, String program, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(program(program).orElseThrow()));
        command.addAll(List.of(arguments));
        Path output = folder.resolve(program + ".log");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (process.waitFor() != 0) {
            throw new IOException("Expected " + program + " to succeed, found: " + Files.readString(output));
        }
    }

    @Override
    public void close() {
        server.destroy();
    }
}
