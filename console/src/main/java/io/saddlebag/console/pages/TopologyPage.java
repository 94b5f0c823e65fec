package io.saddlebag.console.pages;

import io.javalin.http.Context;
import io.saddlebag.console.read.Homes;
import io.saddlebag.console.read.HqReader;
import io.saddlebag.hq.routing.Topology;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteStartException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The senders of each exchange, and the queue and site that each key leads to; or the faults of topology.yaml. */
public final class TopologyPage {
    private static final int ROW = 46;
    private static final int HEIGHT = 30;
    private static final int WIDTH = 130;
    private static final int STEP = 188;
    private static final int TOP = 34;
    private static final int MOST_ROWS = 60;
    private static final List<String> COLUMNS = List.of("sender", "exchange", "routing key", "queue", "receiver");

    private final Homes homes;
    private final View view;

    public TopologyPage(Homes homes, View view) {
        this.homes = homes;
        this.view = view;
    }

    /** A binding in words. */
    public record Binding(String exchange, String key, String queue, String site, String senders) {}

    public record Box(int x, int y, String name) {}

    public record Edge(String path) {}

    /** @param faults a line each, with file and line */
    public record Network(
            String hq, int height, List<Box> boxes, List<Edge> edges, List<Binding> bindings, List<String> faults) {
        public int width() {
            return WIDTH;
        }

        public int boxHeight() {
            return HEIGHT;
        }
    }

    /** The model of the template. */
    public record Graphs(List<Network> networks) {
        public List<String> columns() {
            return COLUMNS;
        }

        public int x(int column) {
            return 5 + column * STEP;
        }
    }

    public void show(Context answer) {
        view.show(
                answer,
                "topology",
                "Topology",
                "/topology",
                new Graphs(
                        homes.headquarters().stream().map(TopologyPage::network).toList()));
    }

    private static Network network(HqReader reader) {
        String hq = reader.home().site().value();
        try {
            Topology topology = reader.topology();
            Drawing drawing = new Drawing();
            List<Binding> bindings = new ArrayList<>();
            topology.bindings().forEach((exchange, keys) -> {
                List<String> senders = topology.publishers().entrySet().stream()
                        .filter(site -> site.getValue().contains(exchange))
                        .map(site -> site.getKey().value())
                        .toList();
                senders.forEach(sender -> drawing.edge(0, sender, exchange));
                drawing.box(1, exchange);
                keys.forEach((key, queues) -> {
                    drawing.edge(1, exchange, key);
                    for (String queue : queues) {
                        SiteId site = topology.queues().get(queue);
                        drawing.edge(2, key, queue);
                        drawing.edge(3, queue, site.value());
                        bindings.add(new Binding(exchange, key, queue, site.value(), String.join(", ", senders)));
                    }
                });
            });
            topology.queues().forEach((queue, site) -> drawing.edge(3, queue, site.value()));
            return drawing.network(hq, bindings);
        } catch (SiteStartException e) {
            return new Network(
                    hq,
                    0,
                    List.of(),
                    List.of(),
                    List.of(),
                    e.getMessage().lines().toList());
        }
    }

    /** Columns of names, each once, and lines between neighbours. */
    private static final class Drawing {
        private final List<Map<String, Integer>> rows = Stream.generate(
                        () -> (Map<String, Integer>) new LinkedHashMap<String, Integer>())
                .limit(COLUMNS.size())
                .toList();
        private final Map<String, Line> lines = new LinkedHashMap<>();

        private record Line(int column, String from, String to) {}

        void box(int column, String name) {
            rows.get(column).putIfAbsent(name, rows.get(column).size());
        }

        void edge(int column, String from, String to) {
            box(column, from);
            box(column + 1, to);
            Line line = new Line(column, from, to);
            lines.putIfAbsent(line.toString(), line);
        }

        Network network(String hq, List<Binding> bindings) {
            int most = rows.stream().mapToInt(Map::size).max().orElse(0);
            if (most > MOST_ROWS) {
                return new Network(hq, 0, List.of(), List.of(), bindings, List.of());
            }
            List<Box> boxes = new ArrayList<>();
            for (int column = 0; column < COLUMNS.size(); column++) {
                for (String name : rows.get(column).keySet()) {
                    boxes.add(new Box(5 + column * STEP, y(column, name, most), name));
                }
            }
            List<Edge> edges =
                    lines.values().stream().map(line -> edge(line, most)).toList();
            return new Network(hq, TOP + most * ROW, boxes, edges, bindings, List.of());
        }

        private int y(int column, String name, int most) {
            int offset = (most - rows.get(column).size()) * ROW / 2;
            return TOP + offset + rows.get(column).get(name) * ROW;
        }

        private Edge edge(Line line, int most) {
            int x1 = 5 + line.column() * STEP + WIDTH;
            int x2 = 5 + (line.column() + 1) * STEP;
            int y1 = y(line.column(), line.from(), most) + HEIGHT / 2;
            int y2 = y(line.column() + 1, line.to(), most) + HEIGHT / 2;
            int bend = (x1 + x2) / 2;
            return new Edge("M" + x1 + " " + y1 + " C" + bend + " " + y1 + " " + bend + " " + y2 + " " + x2 + " " + y2);
        }
    }
}
