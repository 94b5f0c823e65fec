package io.saddlebag.bench.nodes;

/** Faults of several headquarters over one pair of PostgreSQL servers. */
public enum NodeFault {
    KILL_NODE("node killed"),
    FREEZE_NODE("node frozen beyond its lease"),
    KILL_PRIMARY("primary killed, standby promoted"),
    FREEZE_PRIMARY("primary frozen, thawed after the promotion"),
    LOSE_STANDBY("standby dead, commits must wait"),
    CANCEL_COMMIT("commits cancelled, recovered, then lost"),
    CUT_DATABASE("node cut from the database alone"),
    KILL_IN_UPLOAD("node killed in an upload"),
    SINGLE_BESIDE("headquarters started without hq.node");

    private final String text;

    NodeFault(String text) {
        this.text = text;
    }

    /** For people. */
    public String text() {
        return text;
    }
}
