package io.saddlebag.hq.simulation;

/** Headquarters ended in the middle of something. An error, so that nothing of it takes it for a failure to deal with. */
final class Crashed extends Error {
    private static final long serialVersionUID = 1L;

    Crashed() {
        super("killed", null, false, false);
    }
}
