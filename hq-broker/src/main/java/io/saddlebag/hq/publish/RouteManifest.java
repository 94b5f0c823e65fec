package io.saddlebag.hq.publish;

import io.saddlebag.hq.routing.Router;
import io.saddlebag.message.Manifest;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Step {@code routeManifest}: the routing keys become queues, which are exactly those of the recipients. */
public final class RouteManifest implements Processor {
    private final Router router;

    public RouteManifest(Router router) {
        this.router = router;
    }

    @Override
    public void process(Exchange exchange) {
        Submission submission = Submission.of(exchange);
        PublishFrame frame = submission.frame();
        submission.routed(router.route(
                frame.exchange(),
                frame.routingKeys(),
                submission.manifest().recipients().stream()
                        .map(Manifest.Recipient::id)
                        .toList(),
                submission.manifest().priorityOrNormal()));
    }
}
