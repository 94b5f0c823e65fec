package io.saddlebag.hq.frames;

import io.saddlebag.hq.routing.LiveTopology;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.session.Session;
import io.saddlebag.hq.session.Sessions;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.SynchronizationAdapter;

/**
 * Step {@code openSession}: finds whose connection the frame came on and counts the frame as under way until its answer
 * is written. Frames that are refused count as well, those of a site that is not known too.
 */
public final class OpenSession implements Processor {
    private final Sessions sessions;
    private final LiveTopology topology;

    public OpenSession(Sessions sessions, LiveTopology topology) {
        this.sessions = sessions;
        this.topology = topology;
    }

    @Override
    public void process(Exchange exchange) {
        StompFrame frame = exchange.getMessage().getBody(StompFrame.class);
        exchange.setProperty(HqProperties.FRAME, frame);
        StompConnection connection = StompConnection.of(exchange);
        Session session = sessions.of(connection);
        exchange.setProperty(HqProperties.SESSION, session);
        int size = frame.size();
        session.admit(size);
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                if (done.getMessage().getBody() == null) {
                    session.release(size);
                } else {
                    // An answer that the client does not read is as much under way as the frame was.
                    connection.afterAnswers(() -> session.release(size));
                }
            }
        });
        if (!topology.current().knows(connection.peer())) {
            throw new Refusal(
                    Code.NOT_PERMITTED,
                    "Expected a site of the topology, found " + connection.peer()
                            + ". Headquarters adds it to topology.yaml, sites");
        }
    }
}
