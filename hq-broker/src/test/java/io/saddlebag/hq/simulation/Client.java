package io.saddlebag.hq.simulation;

import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.StompFrame;

/** A site that connects to headquarters. It does one thing at a time, of its own accord or when something arrives. */
interface Client {
    SiteId site();

    /** A frame arrived. */
    void received(Wire wire, StompFrame frame);

    /** The connection broke, or headquarters ended it. */
    void lost(Wire wire);

    /** Headquarters sends this frame, which may never arrive; for the model. */
    void watch(Wire wire, StompFrame frame);

    /** Does something or other, sensible or not. */
    void act();

    /** Does what a site does that works as it should, until nothing is left to do. */
    void work();
}
