package io.saddlebag.files;

/** Checks that the disk of a folder is mounted. Called before each placement and deletion; costs one stat. */
@FunctionalInterface
public interface Presence {
    /** For a folder without a disk of its own. */
    Presence ALWAYS = () -> {};

    /** @throws StoreAwayException when it is not there: another folder, or none, has its name now */
    void require() throws StoreAwayException;

    /** For several folders that are used together. */
    static Presence all(Presence... each) {
        return () -> {
            for (Presence one : each) {
                one.require();
            }
        };
    }

    default boolean isThere() {
        try {
            require();
            return true;
        } catch (StoreAwayException e) {
            return false;
        }
    }
}
