package io.saddlebag.bench.chaos.fault;

/** Kinds of faults, and how long each lasts at most before it is undone. */
public enum FaultKind {
    KILL_HQ("kill -9 of headquarters", 1_000),
    KILL_POSTGRES("kill -9 of PostgreSQL's postmaster", 0),
    KILL_LAB("kill -9 of a laboratory", 1_000),
    KILL_CENTRE("kill -9 of a research centre", 1_000),
    PAUSE("SIGSTOP, then SIGCONT", 4_000),
    RESET("connections reset", 0),
    HALF_OPEN("connection half open", 4_000),
    DELAY("network delayed", 3_000),
    CUT("connection cut within a frame", 3_000),
    CORRUPT("bytes altered on the wire", 3_000),
    DISK_FULL("disk full", 3_000),
    SYNC_ERROR("fsync fails with EIO", 2_000),
    DISK_ABSENT("started without a disk", 0),
    DISK_LOST("disk gone while running", 4_000),
    SHARE_LOST("share gone while running", 4_000),
    CLOCK_STEP("clock stepped", 6_000),
    RESTORE("back-up put back", 6_000),
    FLIP_SPOOL("bit flipped in the spool", 0),
    FLIP_JOURNAL("bit flipped in a journal", 0),
    FLIP_DATABASE("bit flipped in the database", 0);

    private final String text;
    private final int longestMillis;

    FaultKind(String text, int longestMillis) {
        this.text = text;
        this.longestMillis = longestMillis;
    }

    /** For people. */
    public String text() {
        return text;
    }

    /** How long it lasts at most, in milliseconds; 0 for a blow that needs no time. */
    int longestMillis() {
        return longestMillis;
    }

    /** True for a kill as such; other kinds may end a process as their means. */
    public boolean isKill() {
        return this == KILL_HQ || this == KILL_POSTGRES || this == KILL_LAB || this == KILL_CENTRE;
    }

    /** True for a fault from outside of process, machine and network: a mount, a clock, a back-up, a bit at rest. */
    public boolean isOfBorder() {
        return ordinal() >= DISK_ABSENT.ordinal();
    }
}
