package io.saddlebag.stores;

import java.io.IOException;

/** A part of what a home keeps that may lie on a disk or server of its own. */
public interface Store {
    /** As the option {@code --adopt} names it, such as {@code spool} or {@code drop/raw-data}. */
    String name();

    /** Where it lies, for a person: a folder, file or URL. */
    String place();

    /** True when others may write to it too, so that its mark may be lost while the store is there. */
    default boolean isShared() {
        return false;
    }

    /** True when the home has lost messages if this store is lost and others are there. */
    default boolean isVital() {
        return true;
    }

    /** Inspects it without a change. */
    Found look() throws IOException;

    /** Makes it where it is absent, and gives it the mark in the place of any other; on the disk at return. */
    void mark(StoreMark mark) throws IOException;

    /** The state in which it was found. */
    enum State {
        ABSENT("nothing"),
        EMPTY("an empty one"),
        UNMARKED("one without a mark of any home"),
        MARKED("a marked one");

        private final String description;

        State(String description) {
            this.description = description;
        }
    }

    /**
     * One look at a store.
     *
     * @param mark null when it bears none
     * @param key tells the folder from any other that has its name; null where there is none
     */
    record Found(State state, StoreMark mark, String key) {
        static final Found ABSENT = new Found(State.ABSENT, null, null);

        /** With a mark whatever it is of, which may be broken. */
        public static Found of(boolean isEmpty, StoreMark mark, String key) {
            return mark != null
                    ? new Found(State.MARKED, mark, key)
                    : new Found(isEmpty ? State.EMPTY : State.UNMARKED, null, key);
        }

        boolean isMissing() {
            return state == State.ABSENT || state == State.EMPTY;
        }

        String description() {
            return mark == null ? state.description : mark.toString();
        }
    }
}
