package io.saddlebag.hq.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.hq.deliver.Dispatcher;
import io.saddlebag.hq.queue.QueueIndex;
import io.saddlebag.hq.routing.LiveTopology;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.session.Session;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.stomp.StompFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A site's connection to headquarters, and exchanges with its frames as the routes hand them to a step. */
public final class StepFixture {
    private static final Session.Limits LIMITS = new Session.Limits(1 << 20, 100, 4, 2);

    public final NotingConnection connection = new NotingConnection();
    public final Session session;
    private final DefaultCamelContext camel = new DefaultCamelContext();

    public StepFixture(String site) {
        this(site, new QueueIndex((queue, priority, after, limit) -> List.of(), Runnable::run, 10));
    }

    /** @param index feeds the subscriptions of the session */
    public StepFixture(String site, QueueIndex index) {
        session = new Session(SiteId.of(site), connection, LIMITS, new Dispatcher(index), Runnable::run);
    }

    public Exchange exchange(StompFrame frame) {
        Exchange exchange = new DefaultExchange(camel);
        exchange.getMessage().setBody(frame);
        exchange.setProperty(HqProperties.FRAME, frame);
        exchange.setProperty(HqProperties.SESSION, session);
        return exchange;
    }

    /** The frame with another value of a header; null for none. */
    public static StompFrame with(StompFrame frame, String header, String value) {
        StompFrame.Builder changed = StompFrame.of(frame.command()).header(header, value);
        frame.headers().forEach((name, each) -> changed.header(name, name.equals(header) ? value : each));
        return changed.body(frame.body()).build();
    }

    /** The topology of {@link RunningHq}, with a text replaced. */
    public static LiveTopology topology(Path folder, String text, String replacement) {
        try {
            return new LiveTopology(
                    Files.writeString(folder.resolve("topology.yaml"), RunningHq.TOPOLOGY.replace(text, replacement)));
        } catch (IOException | SiteStartException e) {
            throw new IllegalStateException(e);
        }
    }

    public static LiveTopology topology(Path folder) {
        return topology(folder, "", "");
    }

    public static void assertRefused(Refusal.Code code, ThrowingCallable step) {
        assertThatThrownBy(step).isInstanceOfSatisfying(Refusal.class, refusal -> assertThat(refusal.code())
                .isEqualTo(code));
    }
}
