package io.saddlebag.console.pages;

import io.javalin.http.Context;
import io.saddlebag.console.read.ConsoledHome;
import io.saddlebag.console.read.Figures;
import io.saddlebag.console.read.HomeState;
import io.saddlebag.console.read.Homes;
import io.saddlebag.console.read.HqReader;
import io.saddlebag.observe.SiteStatus;
import io.saddlebag.observe.SiteStatus.Alert;
import io.saddlebag.observe.SiteStatus.Minute;
import io.saddlebag.observe.SiteStatus.Queue;
import io.saddlebag.observe.SiteStatus.UnderWay;
import io.saddlebag.observe.SiteStatus.Volume;
import io.saddlebag.observe.SiteStatus.Waiting;
import io.saddlebag.site.SiteStartException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** The first page: what is wrong, what waits, what moves. From status files alone. */
public final class NowPage {
    private static final double TIGHT = 0.2;
    private static final double FULL = 0.1;
    /** A receipt is awaited of a message that waits elsewhere, which counts once. */
    private static final String RECEIPTS = "receipts";

    private final Homes homes;
    private final View view;

    public NowPage(Homes homes, View view) {
        this.homes = homes;
        this.view = view;
    }

    /** @param instant of the last word of a home that is not at work; else of the alert */
    public record Trouble(String site, String name, String summary, String remedy, Instant since) {}

    /** A number in large type. */
    public record Tile(String name, String value, String note, String tone) {}

    /** A waiting line with its home. */
    public record Held(String site, Waiting waiting) {}

    /** Work with its home. */
    public record Moving(String site, UnderWay work) {
        public String share() {
            return work.total() == null || work.total() == 0
                    ? ""
                    : Math.min(100, work.bytes() * 100 / work.total()) + " %";
        }
    }

    /** Messages a minute of a home. */
    public record Chart(String site, List<Minute> minutes) {
        public long in() {
            return minutes.stream().mapToLong(Minute::in).sum();
        }

        public long out() {
            return minutes.stream().mapToLong(Minute::out).sum();
        }
    }

    /** The model of the template. */
    public record Now(
            Instant now,
            List<Tile> tiles,
            List<Trouble> troubles,
            List<HomeState> homes,
            List<NetworkPicture> pictures,
            List<Held> held,
            List<Moving> moving,
            List<Chart> charts) {
        /** The disk with the least room of a home, such as {@code spool 12 % of 200 GiB free}. */
        public String disk(HomeState state) {
            return tightest(Stream.of(state))
                    .map(volume -> volume.volume() + ": " + percent(volume) + " % free")
                    .orElse("–");
        }
    }

    public void show(Context answer) {
        Instant now = view.now();
        List<HomeState> states =
                homes.all().stream().map(home -> HomeState.of(home, now)).toList();
        List<SiteStatus> known =
                states.stream().map(HomeState::status).filter(Objects::nonNull).toList();
        List<Trouble> troubles = troubles(states);
        view.show(
                answer,
                "now",
                "Now",
                "/",
                new Now(
                        now,
                        tiles(states, known, troubles, now),
                        troubles,
                        states,
                        pictures(),
                        known.stream()
                                .flatMap(status -> status.waiting().stream()
                                        .filter(waiting -> waiting.count() > 0)
                                        .map(waiting -> new Held(status.site().value(), waiting)))
                                .toList(),
                        known.stream()
                                .flatMap(status -> status.underWay().stream()
                                        .map(work -> new Moving(status.site().value(), work)))
                                .toList(),
                        known.stream()
                                .filter(status -> !status.lastHour().isEmpty())
                                .map(status -> new Chart(status.site().value(), status.lastHour()))
                                .toList()));
    }

    /** A site that does not run cannot tell it itself. */
    private static List<Trouble> troubles(List<HomeState> states) {
        List<Trouble> troubles = new ArrayList<>();
        for (HomeState state : states) {
            String site = state.home().site().value();
            if (!state.life().isUp()) {
                troubles.add(new Trouble(
                        site,
                        "SiteDown",
                        "The " + state.home().role() + " " + state.life().sentence() + ".",
                        remedy(state),
                        state.status() == null
                                ? null
                                : state.status().stopped() == null
                                        ? state.status().written()
                                        : state.status().stopped()));
            } else {
                for (Alert alert : state.status().alerts()) {
                    troubles.add(new Trouble(site, alert.name(), alert.summary(), alert.remedy(), alert.since()));
                }
            }
        }
        return troubles;
    }

    private static String remedy(HomeState state) {
        return switch (state.life()) {
            case GONE -> "Mount the disk of " + state.home().home().folder() + ", or move the home back.";
            case UNKNOWN -> "Start it once; its first status comes within 15 s.";
            default -> "Start it again, or read its log for the reason.";
        };
    }

    private List<NetworkPicture> pictures() {
        List<NetworkPicture> pictures = new ArrayList<>();
        for (HqReader reader : homes.headquarters()) {
            ConsoledHome home = reader.home();
            try {
                Optional<SiteStatus> status = home.status();
                if (status.isPresent()) {
                    boolean isUp = HomeState.of(home, view.now()).life().isUp();
                    pictures.add(NetworkPicture.of(reader.topology(), status.get(), isUp, Figures.of(home)));
                }
            } catch (SiteStartException e) {
                // The page Topology shows its faults.
                continue;
            }
        }
        pictures.removeIf(Objects::isNull);
        return pictures;
    }

    private static List<Tile> tiles(
            List<HomeState> states, List<SiteStatus> known, List<Trouble> troubles, Instant now) {
        List<Tile> tiles = new ArrayList<>();
        tiles.add(new Tile(
                "Open alerts",
                Text.count(troubles.size()),
                troubles.isEmpty() ? "nothing is wrong that is known" : "listed below",
                troubles.isEmpty() ? "" : "bad"));
        long sites = known.stream().mapToLong(status -> status.sites().size()).sum();
        if (sites > 0) {
            long up = known.stream()
                    .flatMap(status -> status.sites().stream())
                    .filter(peer -> peer.connections() > 0)
                    .count();
            tiles.add(new Tile("Sites connected", up + " of " + sites, "to headquarters", up < sites ? "warn" : ""));
        } else {
            long up = states.stream().filter(state -> state.life().isUp()).count();
            tiles.add(new Tile("Sites at work", up + " of " + states.size(), "of these homes", ""));
        }
        long waiting = known.stream()
                .mapToLong(status -> status.waiting().stream()
                                .filter(held -> !RECEIPTS.equals(held.what()))
                                .mapToLong(Waiting::count)
                                .sum()
                        + status.queues().stream().mapToLong(NowPage::load).sum())
                .sum();
        Optional<Instant> oldest = known.stream()
                .flatMap(status -> Stream.concat(
                        status.waiting().stream().map(Waiting::oldest),
                        status.queues().stream().map(Queue::oldest)))
                .filter(Objects::nonNull)
                .min(Comparator.naturalOrder());
        tiles.add(new Tile(
                "Waiting",
                Text.count(waiting),
                oldest.map(since -> "the oldest since " + Text.duration(Duration.between(since, now)))
                        .orElse("nothing is held up"),
                ""));
        long dead = known.stream()
                .flatMap(status -> status.deadLetters().stream())
                .mapToLong(SiteStatus.DeadLetters::count)
                .sum();
        long failed = known.stream()
                .filter(status -> status.failed() != null)
                .mapToLong(status -> status.failed().count())
                .sum();
        tiles.add(new Tile("Dead letters", Text.count(dead), "at headquarters", dead > 0 ? "bad" : ""));
        tiles.add(new Tile("Failed files", Text.count(failed), "at laboratories", failed > 0 ? "bad" : ""));
        tightest(states.stream())
                .ifPresent(volume -> tiles.add(new Tile(
                        "Tightest disk",
                        percent(volume) + " % free",
                        volume.volume() + ", " + Text.bytes(volume.free()) + " of " + Text.bytes(volume.total()),
                        free(volume) < FULL ? "bad" : free(volume) < TIGHT ? "warn" : "")));
        return tiles;
    }

    private static long load(Queue queue) {
        return queue.ready() + queue.unacknowledged() + queue.delayed();
    }

    private static Optional<Volume> tightest(Stream<HomeState> states) {
        return states.map(HomeState::status)
                .filter(Objects::nonNull)
                .flatMap(status -> status.volumes().stream())
                .filter(volume -> volume.total() > 0)
                .min(Comparator.comparingDouble(NowPage::free));
    }

    private static double free(Volume volume) {
        return (double) volume.free() / volume.total();
    }

    private static long percent(Volume volume) {
        return Math.round(free(volume) * 100);
    }
}
