package io.saddlebag.check.format;

import java.util.Arrays;

/**
 * Reads CSV (RFC 4180) of UTF-8 as bytes come. A row ends with LF, CR or both; a quote counts at the beginning of a cell
 * only, as in commons-csv. Holds one cell of at most {@value #MAX_CELL} bytes. For one thread.
 *
 * <p>A laboratory digests and checks in one pass with C1 alone, so that a cell is judged in the buffer where it lies;
 * docs/adr/0016-checks.md has the figures.
 */
public abstract class CsvRows {
    /** The longest cell in bytes. */
    public static final int MAX_CELL = 64 * 1024;

    private static final byte QUOTE = '"';
    private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private enum State {
        /** At the beginning of a cell. */
        START,
        PLAIN,
        QUOTED,
        /** Behind a quote in a quoted cell, which ends it or is the first of two. */
        QUOTE_READ
    }

    /** A row with more is malformed, and what is beyond them counts as the last. */
    public static final int MOST_COLUMNS = 100_000;

    private final boolean[] ends = new boolean[256];
    private final byte separator;
    private State state = State.START;
    private byte[] held = new byte[256];
    private int heldLength;
    private int heldBits;
    private boolean isTooLong;
    private boolean isAfterReturn;
    private int markRead;
    private long row = 1;
    private int column = 1;

    protected CsvRows(char separator) {
        if (separator >= 128 || separator == QUOTE || separator == '\r' || separator == '\n') {
            throw new IllegalArgumentException("no separator: " + (int) separator);
        }
        this.separator = (byte) separator;
        ends[separator] = true;
        ends['\r'] = true;
        ends['\n'] = true;
    }

    /**
     * Takes a cell, without its quotes.
     *
     * @param isAscii false when some byte is none of ASCII
     */
    protected abstract void cell(byte[] bytes, int from, int to, boolean isAscii);

    /** The row's last cell was given. */
    protected abstract void endOfRow();

    /** The cell at {@link #row} and {@link #column} is not as CSV has it. */
    protected abstract void malformed(String expected);

    /** The present row, from 1. */
    protected final long row() {
        return row;
    }

    /** The present column, from 1. */
    protected final int column() {
        return column;
    }

    public final void update(byte[] bytes, int offset, int length) {
        int end = offset + length;
        int at = offset;
        while (markRead < MARK.length && at < end) {
            if (bytes[at] != MARK[markRead]) {
                markRead = MARK.length;
                break;
            }
            markRead++;
            at++;
        }
        while (at < end) {
            at = switch (state) {
                case START -> start(bytes, at);
                case PLAIN -> plain(bytes, at, end);
                case QUOTED -> quoted(bytes, at, end);
                case QUOTE_READ -> afterQuote(bytes, at);
            };
        }
    }

    private int start(byte[] bytes, int at) {
        heldLength = 0;
        heldBits = 0;
        isTooLong = false;
        if (isAfterReturn) {
            isAfterReturn = false;
            if (bytes[at] == '\n') {
                return at + 1;
            }
        }
        boolean isQuoted = bytes[at] == QUOTE;
        state = isQuoted ? State.QUOTED : State.PLAIN;
        return isQuoted ? at + 1 : at;
    }

    /**
     * The end of a cell that begins here, is good and whole in the buffer, so that {@link #cell} need not judge it; any other
     * place for a cell that is to be scanned. Saves the second look at its bytes.
     *
     * @param end of the bytes; the cell ends before it
     */
    protected int endOfGood(byte[] bytes, int from, int end) {
        return end;
    }

    private int plain(byte[] bytes, int from, int end) {
        boolean[] ending = ends;
        if (heldLength == 0) {
            int good = endOfGood(bytes, from, end);
            if (good < end && good > from && good - from <= MAX_CELL && ending[bytes[good] & 0xFF]) {
                return next(bytes, good);
            }
        }
        int at = from;
        int bits = 0;
        while (at < end && !ending[bytes[at] & 0xFF]) {
            bits |= bytes[at++];
        }
        if (at == end) {
            hold(bytes, from, at, bits);
            return at;
        }
        if (heldLength == 0 && at - from <= MAX_CELL) {
            cell(bytes, from, at, bits >= 0);
        } else {
            hold(bytes, from, at, bits);
            giveHeld();
        }
        return next(bytes, at);
    }

    private int quoted(byte[] bytes, int from, int end) {
        int at = from;
        int bits = 0;
        while (at < end && bytes[at] != QUOTE) {
            bits |= bytes[at++];
        }
        if (heldLength == 0 && at + 1 < end && ends[bytes[at + 1] & 0xFF] && at - from <= MAX_CELL) {
            cell(bytes, from, at, bits >= 0);
            return next(bytes, at + 1);
        }
        hold(bytes, from, at, bits);
        if (at < end) {
            state = State.QUOTE_READ;
            at++;
        }
        return at;
    }

    private int afterQuote(byte[] bytes, int at) {
        if (bytes[at] == QUOTE) {
            hold(bytes, at, at + 1, 0);
            state = State.QUOTED;
            return at + 1;
        }
        if (ends[bytes[at] & 0xFF]) {
            giveHeld();
            return next(bytes, at);
        }
        malformed("a separator or the end of the row behind the quote that ends a cell; a quote within it is doubled");
        state = State.PLAIN;
        return at;
    }

    private int next(byte[] bytes, int at) {
        state = State.START;
        if (bytes[at] == separator) {
            if (column < MOST_COLUMNS) {
                column++;
            } else {
                malformed("at most " + MOST_COLUMNS + " columns");
            }
        } else {
            isAfterReturn = bytes[at] == '\r';
            nextRow();
        }
        return at + 1;
    }

    private void nextRow() {
        endOfRow();
        row++;
        column = 1;
    }

    private void hold(byte[] bytes, int from, int to, int bits) {
        heldBits |= bits;
        int length = to - from;
        if (heldLength + length > MAX_CELL) {
            isTooLong = true;
            length = MAX_CELL - heldLength;
        }
        if (heldLength + length > held.length) {
            held = Arrays.copyOf(held, Math.min(MAX_CELL, Math.max(2 * held.length, heldLength + length)));
        }
        System.arraycopy(bytes, from, held, heldLength, length);
        heldLength += length;
    }

    private void giveHeld() {
        if (isTooLong) {
            malformed("a cell of at most " + MAX_CELL + " bytes");
        } else {
            cell(held, 0, heldLength, heldBits >= 0);
        }
    }

    /** After the last byte. */
    public void end() {
        switch (state) {
            case START -> {
                if (column == 1) {
                    return;
                }
                cell(held, 0, 0, true);
            }
            case QUOTED -> malformed("a quote that ends the cell before the end of the file");
            default -> giveHeld();
        }
        state = State.START;
        nextRow();
    }
}
