package io.saddlebag.hq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.saddlebag.hq.testing.HqProcess;
import io.saddlebag.hq.testing.RunningHq;
import io.saddlebag.hq.testing.SignedMessage;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.RawStompClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The order of system calls, by strace of headquarters and PostgreSQL. For each message, published one at a time, the
 * WAL and the spool are synced before any byte goes to the publisher's connection. TLS hides the bytes, but with one
 * message in flight they can only be its RECEIPT.
 */
class ConfirmOrderTest {
    private static final int MESSAGES = 8;
    private static final Pattern SYNC = Pattern.compile("(\\d+) +f(?:data)?sync\\(\\d+<(.*?)>(.*)");
    private static final Pattern SYNCED = Pattern.compile("(\\d+) +<\\.\\.\\. f(?:data)?sync resumed>.*= 0");
    private static final Pattern SENT = Pattern.compile("\\d+ +(?:write|writev|sendto|sendmsg)\\(\\d+<TCP.*");

    @TempDir
    Path folder;

    @Test
    void noReceiptLeavesBeforeTheWalAndTheSpoolAreSynced() throws Exception {
        requireStrace();
        Path trace = folder.resolve("trace");
        try (RunningHq hq = RunningHq.start(folder.resolve("network"), Map.of())) {
            hq.stop();
            SiteIdentity lab = hq.network().identity("FL-LAB");
            try (HqProcess process = HqProcess.start(hq.home());
                    RawStompClient client = RawStompClient.connect(process.port(), lab)) {
                // The first message makes the connections, the segment and whatever else is made once.
                publish(client, lab, 1);
                Process strace = attach(trace, process.pid(), hq.database().number("SELECT pg_backend_pid()"));
                try {
                    for (int number = 2; number <= MESSAGES; number++) {
                        publish(client, lab, number);
                    }
                } finally {
                    strace.destroy();
                    strace.waitFor();
                }
                assertThat(syncsBeforeEachSend(Files.readAllLines(trace), process.port()))
                        .as("what was synced before each RECEIPT")
                        .hasSize(MESSAGES - 1)
                        .allSatisfy(synced -> assertThat(synced)
                                .anyMatch(file -> file.contains("/pg_wal/"))
                                .anyMatch(file -> file.endsWith(".segment")));
            }
            hq.start();
        }
    }

    @Test
    void readsATrace() {
        List<String> trace = List.of(
                "7 fdatasync(3</pg/pg_wal/0001>) = 0",
                "8 fdatasync(4</hq/spool/1.segment> <unfinished ...>",
                "7 sendto(5<TCP:[127.0.0.1:5432->127.0.0.1:4000]>, \"C\"..., 1, 0, NULL, 0) = 1",
                "8 <... fdatasync resumed>) = 0",
                "8 write(6<TCPv6:[[::ffff:127.0.0.1]:6161->[::ffff:127.0.0.1]:4001]>, \"\"..., 80) = 80",
                "8 fdatasync(4</hq/spool/1.segment> <unfinished ...>",
                "9 write(6<TCPv6:[[::ffff:127.0.0.1]:6161->[::ffff:127.0.0.1]:4001]>, \"\"..., 80) = 80",
                "8 <... fdatasync resumed>) = -1 EIO (Input/output error)",
                "9 write(6<TCPv6:[[::ffff:127.0.0.1]:6161->[::ffff:127.0.0.1]:4001]>, \"\"..., 80) = 80");
        assertThat(syncsBeforeEachSend(trace, 6161))
                .containsExactly(List.of("/pg/pg_wal/0001", "/hq/spool/1.segment"), List.of(), List.of());
    }

    private static void requireStrace() {
        try {
            Process probe = new ProcessBuilder("strace", "-o", "/dev/null", "true").start();
            assumeTrue(probe.waitFor() == 0, "skipped: strace may not trace here");
        } catch (IOException e) {
            assumeTrue(false, "skipped: strace is not installed");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void publish(RawStompClient client, SiteIdentity lab, int number) {
        client.send(SignedMessage.of(lab, String.format("FL-LAB_DAT_20251008_%03d", number), "CA-RC")
                .frame(1));
        StompFrame receipt = client.receive();
        assertThat(receipt.command()).isEqualTo(StompCommand.RECEIPT);
        assertThat(receipt.header(Headers.STATUS)).isNull();
    }

    /** @param backend any process of the PostgreSQL */
    private static Process attach(Path trace, long hq, long backend) throws IOException {
        ProcessHandle postmaster =
                ProcessHandle.of(backend).flatMap(ProcessHandle::parent).orElseThrow();
        List<Long> pids = new ArrayList<>(List.of(hq, postmaster.pid()));
        postmaster.children().map(ProcessHandle::pid).forEach(pids::add);
        List<String> command = new ArrayList<>(List.of("strace", "-f", "-yy", "-s", "0", "-o", trace.toString()));
        command.addAll(List.of("-e", "trace=fsync,fdatasync,write,writev,sendto,sendmsg"));
        pids.forEach(pid -> command.addAll(List.of("-p", pid.toString())));
        Process strace = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(Path.of("/dev/null").toFile())
                .start();
        await("strace at every thread").until(() -> isTraced(hq) && isTraced(postmaster.pid()));

        return strace;
    }

    private static boolean isTraced(long pid) throws IOException {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
            return threads.noneMatch(thread -> {
                try {
                    return Files.readAllLines(thread.resolve("status")).contains("TracerPid:\t0");
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }

    /** For each write to a client of headquarters, which files' syncs had come to a good end since the one before. */
    private static List<List<String>> syncsBeforeEachSend(List<String> trace, int port) {
        List<List<String>> before = new ArrayList<>();
        List<String> synced = new ArrayList<>();
        Map<String, String> unfinished = new HashMap<>();
        for (String line : trace) {
            Matcher sync = SYNC.matcher(line);
            Matcher resumed = SYNCED.matcher(line);
            if (sync.matches()) {
                unfinished.put(sync.group(1), sync.group(2));
                if (sync.group(3).endsWith("= 0")) {
                    synced.add(sync.group(2));
                }
            } else if (resumed.matches()) {
                synced.add(unfinished.get(resumed.group(1)));
            } else if (SENT.matcher(line).matches() && line.contains(":" + port + "->")) {
                before.add(List.copyOf(synced));
                synced.clear();
            }
        }
        return before;
    }
}
