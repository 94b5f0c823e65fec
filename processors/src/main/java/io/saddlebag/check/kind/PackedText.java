package io.saddlebag.check.kind;

import io.saddlebag.check.format.Gunzip;
import java.util.Locale;

/** The check of files of lines that may be gzip. For one thread. */
abstract class PackedText extends MessageCheck {
    private Lines lines;

    abstract Lines lines(String path);

    @Override
    public final FileCheck file(String path, long size) {
        lines = lines(path);
        return lines.taker();
    }

    @Override
    public final void close() {
        if (lines != null) {
            lines.close();
        }
    }

    /** The lines of one file, judged as bytes come, in constant memory. */
    abstract static class Lines extends Gunzip {
        private final String path;
        private final Faults faults;
        private final boolean mustBeGzip;
        private long row = 1;

        Lines(String path, Faults faults, boolean mustBeGzip) {
            this.path = path;
            this.faults = faults;
            this.mustBeGzip =
                    mustBeGzip || path != null && path.toLowerCase(Locale.ROOT).endsWith(".gz");
        }

        /** The present line, from 1. */
        final long row() {
            return row;
        }

        final void nextRow() {
            row++;
        }

        final void fault(int column, String expected) {
            faults.add(path, row, column, expected);
        }

        final void require(boolean holds, String expected) {
            if (!holds) {
                fault(0, expected);
            }
        }

        final void faultOfFile(String expected) {
            faults.add(path, 0, 0, expected);
        }

        /** The text has ended, and was packed well. */
        abstract void endOfText();

        private FileCheck taker() {
            return new FileCheck() {
                @Override
                public void update(byte[] bytes, int offset, int length) {
                    Lines.this.update(bytes, offset, length);
                }

                @Override
                public void end() {
                    String expected = Lines.this.end();
                    if (expected != null) {
                        faultOfFile(expected);
                    } else if (mustBeGzip && !isGzip()) {
                        faultOfFile("gzip data");
                    } else {
                        endOfText();
                    }
                    close();
                }
            };
        }
    }
}
