package io.saddlebag.files;

/** Whether the disk that belongs to a folder is there. Asked before each placement and deletion; costs one stat. */
@FunctionalInterface
public interface Presence {
    /** Of a folder that no other disk belongs to. */
    Presence ALWAYS = () -> {};

    /** @throws StoreAwayException when it is not there: another folder, or none, has its name now */
    void require() throws StoreAwayException;

    /** Of several folders that are used together. */
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
