package io.saddlebag.console;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.message.Json;
import io.saddlebag.observe.SiteStatus;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The statuses of the {@link SampleNetwork}, as its sites would have written them just now. */
final class SampleStatuses {
    private SampleStatuses() {}

    /**
     * @param ready deliveries on the queue that nobody consumes
     * @param dead its dead letters
     */
    static void write(Path folder, int ready, int dead) throws IOException {
        Instant now = Instant.now();
        List<Object> hour = IntStream.range(0, 60)
                .<Object>mapToObj(i -> Map.of(
                        "minute",
                        now.truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofMinutes(60 - i)),
                        "in",
                        40 + (long) (25 * Math.sin(i / 7.0)),
                        "out",
                        38 + (long) (22 * Math.sin((i - 3) / 7.0))))
                .toList();
        Map<String, Object> headquarters = status("DC-HQ", "headquarters", now);
        headquarters.put("last_hour", hour);
        headquarters.put(
                "queues",
                List.of(
                        queue("ca_rc_queue", 0, 3, 0, null, 2),
                        queue("ny_rc_queue", ready, 0, 12, now.minus(Duration.ofHours(5)), 0),
                        queue("sf_rc_queue", 0, 0, 0, null, 1)));
        List<Object> peers = new ArrayList<>();
        for (String site : List.of("FL-LAB", "PA-LAB", "MA-LAB", "IL-LAB", "CA-RC", "SF-RC")) {
            peers.add(Map.of("site", site, "connections", 1, "last_seen", now, "clock_offset", 0.1));
        }
        peers.add(Map.of("site", "NY-RC", "connections", 0, "last_seen", now.minus(Duration.ofHours(5))));
        headquarters.put("sites", peers);
        headquarters.put("dead_letters", List.of(Map.of("queue", "ny_rc_queue", "count", dead)));
        headquarters.put(
                "alerts",
                List.of(Map.of(
                        "name",
                        "QueueWithoutConsumer",
                        "severity",
                        "warning",
                        "labels",
                        Map.of("queue", "ny_rc_queue"),
                        "since",
                        now.minus(Duration.ofHours(5)),
                        "summary",
                        "Nobody consumes ny_rc_queue, on which 182 messages wait.",
                        "remedy",
                        "Ask NY-RC whether its centre runs and reaches headquarters.")));
        write(folder.resolve("dc-hq"), headquarters);

        Map<String, Object> laboratory = status("FL-LAB", "laboratory", now);
        laboratory.put("last_hour", hour);
        laboratory.put("link", link("up", now.minus(Duration.ofDays(2)), null));
        laboratory.put(
                "waiting",
                List.of(
                        Map.of("what", "receipts", "state", "pending", "count", 3_000, "bytes", 0),
                        Map.of(
                                "what",
                                "files",
                                "state",
                                "sealed",
                                "count",
                                2,
                                "bytes",
                                5_400_000_000L,
                                "oldest",
                                now.minus(Duration.ofMinutes(7)),
                                "reason",
                                "headquarters has no room")));
        laboratory.put(
                "under_way",
                List.of(Map.of(
                        "direction",
                        "out",
                        "message_id",
                        "FL-LAB_DAT_20261130_004",
                        "name",
                        SampleNetwork.HOSTILE,
                        "bytes",
                        1_200_000_000,
                        "total",
                        2_100_000_000L,
                        "since",
                        now.minus(Duration.ofSeconds(40)),
                        "rate",
                        31_000_000.0)));
        laboratory.put("failed", Map.of("count", 1, "newest", now.minus(Duration.ofMinutes(90))));
        laboratory.put(
                "routes",
                List.of(
                        Map.of(
                                "route",
                                "raw-data",
                                "folder",
                                "drop/raw",
                                "messages",
                                4120,
                                "bytes",
                                88_000_000_000L,
                                "last",
                                now.minus(Duration.ofMinutes(2)),
                                "since",
                                now.minus(Duration.ofDays(90)),
                                "expect",
                                86_400),
                        Map.of(
                                "route",
                                "reports",
                                "folder",
                                "drop/reports",
                                "messages",
                                12,
                                "bytes",
                                9_000_000,
                                "last",
                                now.minus(Duration.ofDays(3)),
                                "since",
                                now.minus(Duration.ofDays(90)),
                                "expect",
                                86_400)));
        write(folder.resolve("fl-lab"), laboratory);

        Map<String, Object> centre = status("CA-RC", "centre", now);
        centre.put(
                "link", link("down", now.minus(Duration.ofMinutes(3)), "connection refused; " + SampleNetwork.HOSTILE));
        write(folder.resolve("ca-rc"), centre);
    }

    private static Map<String, Object> status(String site, String role, Instant now) {
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("format", SiteStatus.FORMAT);
        status.put("site", site);
        status.put("role", role);
        status.put("version", "1.0.0");
        status.put("pid", ProcessHandle.current().pid());
        status.put("started", now);
        status.put("written", now);
        status.put("ready", true);
        for (String list :
                List.of("waiting", "under_way", "routes", "queues", "sites", "dead_letters", "last_hour", "alerts")) {
            status.put(list, List.of());
        }
        status.put("volumes", List.of(Map.of("volume", "home", "free", 61_000_000_000L, "total", 250_000_000_000L)));
        status.put(
                "certificates",
                List.of(
                        Map.of("use", "tls", "not_after", now.plus(Duration.ofDays(300))),
                        Map.of("use", "signing", "not_after", now.plus(Duration.ofDays(5))),
                        Map.of("use", "revocation-list", "not_after", now.plus(Duration.ofDays(21)))));
        return status;
    }

    private static Map<String, Object> link(String state, Instant since, String error) {
        Map<String, Object> link = new LinkedHashMap<>(
                Map.of("state", state, "since", since, "peer", "DC-HQ", "address", "127.0.0.1:61617"));
        link.put("error", error);
        return link;
    }

    private static Map<String, Object> queue(
            String queue, long ready, long unacknowledged, long delayed, Instant oldest, int consumers) {
        Map<String, Object> load = new LinkedHashMap<>(Map.of(
                "queue",
                queue,
                "ready",
                ready,
                "unacknowledged",
                unacknowledged,
                "delayed",
                delayed,
                "bytes",
                ready * 4_000_000,
                "consumers",
                consumers));
        load.put("oldest", oldest);
        return load;
    }

    private static void write(Path home, Map<String, Object> status) throws IOException {
        AtomicFiles.createFolders(home.resolve("run"));
        AtomicFiles.replace(SiteStatus.file(new SiteHome(home)), Json.writeForPeople(status));
    }
}
