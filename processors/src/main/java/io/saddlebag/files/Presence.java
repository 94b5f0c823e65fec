package io.saddlebag.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

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

    /**
     * Checks after a folder was made. Where the disk went away meanwhile, the folder is below its mount point, and what
     * is written into it is hidden once the disk is back.
     *
     * @param made a new and empty folder, removed when the disk is not there
     */
    default void requireFor(Path made) throws IOException {
        try {
            require();
        } catch (StoreAwayException e) {
            Files.deleteIfExists(made);
            throw e;
        }
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
