package io.saddlebag.hq.publish;

import io.saddlebag.hq.routing.Router;
import io.saddlebag.hq.store.ConfirmedMessages;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Refusal;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Step {@code routeManifest}: the routing keys become queues, which are exactly those of the recipients. Asks the store
 * before it refuses, so it may block.
 */
public final class RouteManifest implements Processor {
    private final Router router;
    private final ConfirmedMessages confirmed;

    public RouteManifest(Router router, ConfirmedMessages confirmed) {
        this.router = router;
        this.confirmed = confirmed;
    }

    @Override
    public void process(Exchange exchange) throws StoreException {
        Submission submission = Submission.of(exchange);
        try {
            route(submission);
        } catch (Refusal refusal) {
            // The topology may have changed since: a repeat is confirmed, or its sender would take it for failed.
            if (!isCommitted(submission)) {
                throw refusal;
            }
            submission.committedBefore();
        }
    }

    private void route(Submission submission) {
        PublishFrame frame = submission.frame();
        submission.routed(router.route(
                frame.exchange(),
                frame.routingKeys(),
                submission.manifest().recipients().stream()
                        .map(Manifest.Recipient::id)
                        .toList(),
                submission.manifest().priorityOrNormal()));
    }

    private boolean isCommitted(Submission submission) throws StoreException {
        Manifest manifest = submission.manifest();
        return confirmed
                .find(manifest.sender().id(), manifest.messageId())
                .filter(stored -> stored.manifestSha256().equals(submission.manifestSha256()))
                .isPresent();
    }
}
