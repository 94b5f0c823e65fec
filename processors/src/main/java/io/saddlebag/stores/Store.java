package io.saddlebag.stores;

import io.saddlebag.message.Printable;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A part of what a home keeps that may lie on a disk or server of its own. */
public interface Store {
    /** As the option {@code --adopt} names it, such as {@code spool} or {@code drop/raw-data}. */
    String name();

    /** Where it lies, for a person: a folder, file or URL. */
    String place();

    /**
     * The identity in its mark.
     *
     * @param home that of the home; a store that several homes share has another
     */
    default String identity(String home) {
        return home;
    }

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
    void mark(Mark mark) throws IOException;

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
    record Found(State state, Mark mark, String key) {
        static final Found ABSENT = new Found(State.ABSENT, null, null);

        /** With a mark whatever it is of, which may be broken. */
        public static Found of(boolean isEmpty, Mark mark, String key) {
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

    /**
     * The identity that a store bears.
     *
     * @param home the identity of its home, 32 hexadecimal digits
     * @param store its name in that home
     */
    record Mark(String home, String store) {
        private static final Pattern TEXT = Pattern.compile("home=([0-9a-f]{32})\\nstore=(.{1,4096})\\n");

        public Mark {
            Objects.requireNonNull(home, "home");
            Objects.requireNonNull(store, "store");
        }

        /** Empty when the text is no mark. */
        static Optional<Mark> parse(String text) {
            Matcher fields = TEXT.matcher(text);
            return fields.matches() ? Optional.of(new Mark(fields.group(1), fields.group(2))) : Optional.empty();
        }

        String text() {
            return "home=" + home + "\nstore=" + store + "\n";
        }

        @Override
        public String toString() {
            return "the store " + Printable.of(store) + " of the home " + home;
        }
    }
}
