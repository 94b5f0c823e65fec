package io.saddlebag.check.format;

import java.io.Closeable;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Reads gzip (RFC 1952) as bytes come, any number of members, each to its checksum and length. A file of BGZF (the SAM
 * specification, section 4.1) ends in an empty block. Plain bytes pass as they are. In constant memory; for one thread.
 */
public abstract class Gunzip implements Closeable {
    private static final int FIRST = 0x1F;
    private static final int SECOND = 0x8B;
    private static final int HEADER = 10;
    private static final int TRAILER = 8;
    private static final int HEADER_CHECKSUM = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int RESERVED = 0xE0;
    private static final int BUFFER = 64 * 1024;

    private enum State {
        BEGINNING,
        PLAIN,
        HEADER_BYTES,
        EXTRA_LENGTH,
        EXTRA_BYTES,
        ZERO_ENDED,
        HEADER_SUM,
        DEFLATED,
        TRAILER_BYTES,
        BETWEEN,
        BROKEN
    }

    private final byte[] field = new byte[HEADER];
    private final byte[] out = new byte[BUFFER];
    private final CRC32 sum = new CRC32();
    private Inflater inflater;
    private State state = State.BEGINNING;
    private int fieldLength;
    private int flags;
    private int skip;
    private long memberSize;
    private boolean isBgzf;
    private boolean isZeroBehind;
    private String fault;

    /** Takes text that was unpacked. */
    protected abstract void text(byte[] bytes, int offset, int length);

    public final void update(byte[] bytes, int offset, int length) {
        int at = offset;
        int end = offset + length;
        while (at < end && state != State.BROKEN) {
            at = step(bytes, at, end);
        }
    }

    private int step(byte[] bytes, int at, int end) {
        switch (state) {
            case BEGINNING -> state = (bytes[at] & 0xFF) == FIRST ? State.HEADER_BYTES : State.PLAIN;
            case PLAIN -> {
                text(bytes, at, end - at);
                return end;
            }
            case DEFLATED -> {
                return inflate(bytes, at, end);
            }
            case BETWEEN -> {
                if (bytes[at] == 0) {
                    isZeroBehind = true;
                    return at + 1;
                }
                if (isZeroBehind || (bytes[at] & 0xFF) != FIRST) {
                    broken("nothing behind the gzip data");
                } else {
                    state = State.HEADER_BYTES;
                }
            }
            case EXTRA_BYTES -> {
                int taken = Math.min(skip, end - at);
                skip -= taken;
                if (skip == 0) {
                    afterExtra();
                }
                return at + taken;
            }
            case ZERO_ENDED -> {
                if (bytes[at] == 0) {
                    flags &= (flags & NAME) != 0 ? ~NAME : ~COMMENT;
                    afterExtra();
                }
                return at + 1;
            }
            default -> {
                field[fieldLength++] = bytes[at];
                takeField();
                return at + 1;
            }
        }
        return at;
    }

    private void takeField() {
        if (state == State.HEADER_BYTES && fieldLength == HEADER) {
            header();
        } else if (state == State.EXTRA_LENGTH && fieldLength == 2) {
            skip = field[0] & 0xFF | (field[1] & 0xFF) << 8;
            isBgzf |= skip == 6;
            begin(State.EXTRA_BYTES);
            if (skip == 0) {
                afterExtra();
            }
        } else if (state == State.HEADER_SUM && fieldLength == 2) {
            flags &= ~HEADER_CHECKSUM;
            afterExtra();
        } else if (state == State.TRAILER_BYTES && fieldLength == TRAILER) {
            trailer();
        }
    }

    private void header() {
        flags = field[3];
        if ((field[0] & 0xFF) != FIRST || (field[1] & 0xFF) != SECOND || field[2] != 8 || (flags & RESERVED) != 0) {
            broken("gzip data with a header of RFC 1952");
        } else if ((flags & EXTRA) != 0) {
            begin(State.EXTRA_LENGTH);
        } else {
            afterExtra();
        }
    }

    private void begin(State next) {
        state = next;
        fieldLength = 0;
    }

    private void afterExtra() {
        if ((flags & (NAME | COMMENT)) != 0) {
            begin(State.ZERO_ENDED);
        } else if ((flags & HEADER_CHECKSUM) != 0) {
            begin(State.HEADER_SUM);
        } else {
            begin(State.DEFLATED);
            memberSize = 0;
            sum.reset();
            if (inflater == null) {
                inflater = new Inflater(true);
            } else {
                inflater.reset();
            }
        }
    }

    private int inflate(byte[] bytes, int at, int end) {
        inflater.setInput(bytes, at, end - at);
        try {
            while (!inflater.finished()) {
                int length = inflater.inflate(out);
                sum.update(out, 0, length);
                memberSize += length;
                if (length > 0) {
                    text(out, 0, length);
                } else if (inflater.needsInput() || inflater.needsDictionary()) {
                    break;
                }
            }
        } catch (DataFormatException e) {
            broken("gzip data that can be unpacked");
            return end;
        }
        if (inflater.needsDictionary()) {
            broken("gzip data without a dictionary");
            return end;
        }
        int rest = inflater.getRemaining();
        if (inflater.finished()) {
            begin(State.TRAILER_BYTES);
        }
        return end - rest;
    }

    private void trailer() {
        long expectedSum = 0;
        long expectedSize = 0;
        for (int i = 3; i >= 0; i--) {
            expectedSum = expectedSum << 8 | field[i] & 0xFF;
            expectedSize = expectedSize << 8 | field[i + 4] & 0xFF;
        }
        if (expectedSum != sum.getValue() || expectedSize != (memberSize & 0xFFFFFFFFL)) {
            broken("gzip data whose checksum and length hold");
        } else {
            begin(State.BETWEEN);
        }
    }

    private void broken(String expected) {
        fault = expected;
        state = State.BROKEN;
    }

    /** True when the bytes are gzip; false when they are plain, or there are none. */
    public final boolean isGzip() {
        return state != State.PLAIN && state != State.BEGINNING;
    }

    /**
     * After the last byte.
     *
     * @return the packing that was expected; null when it is whole
     */
    public final String end() {
        if (fault != null || state == State.PLAIN || state == State.BEGINNING) {
            return fault;
        }
        if (state != State.BETWEEN) {
            return "gzip data to its end; it is cut short";
        }
        return isBgzf && memberSize > 0 ? "the empty block that ends BGZF; it is cut short" : null;
    }

    @Override
    public void close() {
        if (inflater != null) {
            inflater.end();
        }
    }
}
