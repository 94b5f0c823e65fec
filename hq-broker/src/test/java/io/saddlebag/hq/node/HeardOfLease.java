package io.saddlebag.hq.node;

import java.util.List;

/** Notes what a lease tells, in order: a word, or the reason of its end. */
record HeardOfLease(List<String> heard) implements NodeLease.Listener {
    @Override
    public void lost(String reason) {
        heard.add("lost");
    }

    @Override
    public void heldAgain() {
        heard.add("held again");
    }

    @Override
    public void moved() {
        heard.add("moved");
    }

    @Override
    public void ended(String reason) {
        heard.add(reason);
    }
}
