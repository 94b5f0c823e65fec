package io.saddlebag.observe;

import io.saddlebag.observe.SiteStatus.DeadLetters;
import io.saddlebag.observe.SiteStatus.Failed;
import io.saddlebag.observe.SiteStatus.Link;
import io.saddlebag.observe.SiteStatus.Node;
import io.saddlebag.observe.SiteStatus.NodeLink;
import io.saddlebag.observe.SiteStatus.Peer;
import io.saddlebag.observe.SiteStatus.Queue;
import io.saddlebag.observe.SiteStatus.Route;
import io.saddlebag.observe.SiteStatus.Troubles;
import io.saddlebag.observe.SiteStatus.UnderWay;
import io.saddlebag.observe.SiteStatus.Waiting;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** One kind of site's part of its status. Asked every 15 seconds, by one thread, which it may keep waiting for a disk. */
public interface StatusSource {
    /** {@code laboratory}, {@code headquarters} or {@code centre}. */
    String role();

    /** Folders whose disk matters, by the names that operators know them by. */
    Map<String, Path> volumes();

    /** Messages that came in since the start. */
    long in();

    /** Messages that left since the start. */
    long out();

    /** Times that a later run is to know, such as that of a route's newest message. */
    default Map<String, Instant> remembered() {
        return Map.of();
    }

    /** Takes the times of an earlier run. */
    default void restore(Map<String, Instant> remembered) {}

    /** False while it runs and should be passed over, such as a node that is behind the others. */
    default boolean isReady() {
        return true;
    }

    /** Empty where there is one headquarters, and at other sites. */
    default List<Node> nodes() {
        return List.of();
    }

    /** Null at headquarters. */
    default Link link() {
        return null;
    }

    /** Empty where there is one link, or none. */
    default List<NodeLink> links() {
        return List.of();
    }

    default List<Waiting> waiting() {
        return List.of();
    }

    default List<UnderWay> underWay() {
        return List.of();
    }

    default List<Route> routes() {
        return List.of();
    }

    /** Null where nothing fails into a folder. */
    default Failed failed() {
        return null;
    }

    default List<Queue> queues() {
        return List.of();
    }

    default List<Peer> sites() {
        return List.of();
    }

    default List<DeadLetters> deadLetters() {
        return List.of();
    }

    default Troubles troubles() {
        return Troubles.NONE;
    }
}
