package io.saddlebag.check.kind;

import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import java.util.ArrayList;
import java.util.List;

/**
 * The first {@value #MOST} faults of a message. A fault says where it is and what was expected; a value of the content is
 * not said, since reasons and logs hold it. For one thread.
 */
public final class Faults {
    public static final int MOST = 100;

    private final List<Refusal.Fault> first = new ArrayList<>();

    /**
     * @param file within a folder, or null
     * @param row from 1, or 0
     * @param column from 1, or 0
     * @param expected without a value of the content
     */
    public void add(String file, long row, int column, String expected) {
        if (!isFull()) {
            first.add(new Refusal.Fault(
                    file == null ? null : Printable.of(file),
                    row == 0 ? null : row,
                    column == 0 ? null : column,
                    expected));
        }
    }

    /** True when later faults are not kept. */
    public boolean isFull() {
        return first.size() == MOST;
    }

    public List<Refusal.Fault> first() {
        return List.copyOf(first);
    }
}
