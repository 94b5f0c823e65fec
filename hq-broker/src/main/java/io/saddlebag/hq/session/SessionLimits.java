package io.saddlebag.hq.session;

/**
 * The limits of one connection.
 *
 * @param inFlightBytes of frames that are not answered yet, headers included; above it nothing more is read from the
 *     connection
 * @param inFlightFrames likewise, counted
 * @param subscriptions at the same time
 * @param uploads of messages in several parts, open at the same time
 */
public record SessionLimits(long inFlightBytes, int inFlightFrames, int subscriptions, int uploads) {}
