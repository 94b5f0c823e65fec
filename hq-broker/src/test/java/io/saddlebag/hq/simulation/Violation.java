package io.saddlebag.hq.simulation;

/** Headquarters did what it must never do. */
final class Violation extends AssertionError {
    private static final long serialVersionUID = 1L;

    Violation(String what) {
        super(what);
    }
}
