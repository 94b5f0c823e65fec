package io.saddlebag.hq.simulation;

/** One thing that the simulated headquarters does wrong on purpose, to prove that the checks find it. */
enum Breakage {
    NONE,
    /** The store says that it has committed, and does so with the next commit. */
    CONFIRMS_BEFORE_COMMIT,
    /** The spool says that it is synced. */
    SYNC_DOES_NOTHING,
    /** Rows in doubt are said to be marked, and are not. */
    LEAVES_ROWS_IN_DOUBT,
    /** It forgets deliveries that wait for their next attempt. */
    FORGETS_WHAT_IS_GIVEN_BACK,
    /** A connection that ends keeps what it had in flight. */
    FORGETS_TO_CLOSE,
    /** A start after a crash repairs nothing. */
    SKIPS_THE_REPAIR,
    /** The first acknowledgement of several frees the payload. */
    FREES_TOO_EARLY,
    /** No acknowledgement frees the payload. */
    NEVER_FREES,
    /** One receiver's acknowledgement counts for all. */
    SETTLES_FOR_ALL,
    /** A page of the backlog begins at the oldest that waits, whoever has it. */
    PAGES_FROM_THE_START,
    /** A page of the backlog holds what waits for others. */
    MIXES_QUEUES,
    /** An acknowledgement is answered and not committed. */
    FORGETS_SETTLEMENTS,
    /** A node that others have ended commits messages. */
    COMMITS_WITHOUT_A_FENCE,
    /** A node leaves alone what ended nodes left. */
    ADOPTS_NOTHING,
    /** A commit of unknown outcome is taken for failed. */
    LOOKS_UP_NOTHING,
    /** A node takes the deliveries of all for its own. */
    PAGES_FOR_ALL;

    /** True for one that shows with several headquarters alone. */
    boolean isOfNodes() {
        return ordinal() >= COMMITS_WITHOUT_A_FENCE.ordinal();
    }
}
