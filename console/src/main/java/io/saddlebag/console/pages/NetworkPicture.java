package io.saddlebag.console.pages;

import io.saddlebag.console.read.Figures;
import io.saddlebag.hq.routing.Topology;
import io.saddlebag.message.SiteId;
import io.saddlebag.observe.SiteStatus;
import io.saddlebag.observe.SiteStatus.Peer;
import io.saddlebag.observe.SiteStatus.Queue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Headquarters between those who send and those who receive, as places of boxes and lines. Its text says the same.
 *
 * @param text for those who do not see it
 */
public record NetworkPicture(String site, int height, List<Box> boxes, List<Edge> edges, String text) {
    private static final int ROW = 58;
    private static final int BOX = 44;
    private static final int WIDTH = 170;
    private static final int LEFT = 10;
    private static final int MIDDLE = 365;
    private static final int RIGHT = 720;
    private static final int TOP = 10;
    private static final int MOST_ROWS = 24;

    /** @param tone {@code ok}, {@code bad} or empty */
    public record Box(int x, int y, String name, String note, String tone) {
        public int width() {
            return WIDTH;
        }

        public int height() {
            return BOX;
        }
    }

    /** @param tone {@code busy}, {@code bad} or empty */
    public record Edge(int x1, int y1, int x2, int y2, String tone) {
        /** A calm curve. */
        public String path() {
            int bend = (x1 + x2) / 2;
            return "M" + x1 + " " + y1 + " C" + bend + " " + y1 + " " + bend + " " + y2 + " " + x2 + " " + y2;
        }
    }

    /**
     * Null when there are too many sites for a picture.
     *
     * @param isHqUp whether headquarters runs; when not, nobody is connected to it
     */
    static NetworkPicture of(Topology topology, SiteStatus status, boolean isHqUp, Figures figures) {
        List<SiteId> senders = topology.publishers().entrySet().stream()
                .filter(site -> !site.getValue().isEmpty())
                .map(Map.Entry::getKey)
                .toList();
        List<String> queues = List.copyOf(topology.queues().keySet());
        int rows = Math.max(Math.max(senders.size(), queues.size()), 1);
        if (rows > MOST_ROWS) {
            return null;
        }
        Map<SiteId, Peer> peers = status.sites().stream().collect(Collectors.toMap(Peer::site, Function.identity()));
        Map<String, Queue> loads =
                status.queues().stream().collect(Collectors.toMap(Queue::queue, Function.identity()));
        List<Box> boxes = new ArrayList<>();
        List<Edge> edges = new ArrayList<>();
        int middle = TOP + (rows * ROW - (ROW - BOX)) / 2;
        boxes.add(new Box(
                MIDDLE,
                middle - BOX / 2,
                status.site().value(),
                isHqUp ? "at work" : "does not run",
                isHqUp ? "ok" : "bad"));
        for (int i = 0; i < senders.size(); i++) {
            int y = row(i, senders.size(), rows);
            String site = senders.get(i).value();
            boolean isUp = isHqUp && isUp(peers.get(senders.get(i)));
            long received = figures.sum("saddlebag_messages_received_total", "sender", site);
            String sent = received == 0 ? "" : ", " + Text.count(received) + " came";
            boxes.add(new Box(LEFT, y, site, (isUp ? "connected" : "away") + sent, isUp ? "ok" : "bad"));
            edges.add(new Edge(LEFT + WIDTH, y + BOX / 2, MIDDLE, middle, isUp ? "" : "bad"));
        }
        for (int i = 0; i < queues.size(); i++) {
            int y = row(i, queues.size(), rows);
            SiteId site = topology.queues().get(queues.get(i));
            Queue load = loads.get(queues.get(i));
            long waiting = load == null ? 0 : load.ready() + load.unacknowledged() + load.delayed();
            boolean isUp = isHqUp && isUp(peers.get(site));
            String wait = waiting == 0 ? "" : ", " + Text.count(waiting) + (waiting == 1 ? " waits" : " wait");
            boxes.add(new Box(RIGHT, y, site.value(), (isUp ? "connected" : "away") + wait, isUp ? "ok" : "bad"));
            edges.add(new Edge(MIDDLE + WIDTH, middle, RIGHT, y + BOX / 2, !isUp ? "bad" : waiting > 0 ? "busy" : ""));
        }
        String text =
                boxes.stream().skip(1).map(box -> box.name() + " " + box.note()).collect(Collectors.joining(", "));
        return new NetworkPicture(
                status.site().value(), TOP + rows * ROW, boxes, edges, "The network of " + status.site() + ": " + text);
    }

    private static boolean isUp(Peer peer) {
        return peer != null && peer.connections() > 0;
    }

    private static int row(int index, int count, int rows) {
        return TOP + (rows - count) * ROW / 2 + index * ROW;
    }
}
