package io.saddlebag.check.kind;

import io.saddlebag.check.kind.Option.Form;
import java.nio.file.Path;
import java.util.List;

/** Kind {@code fastq}: each read in four lines, the gzip data whole. Judges every read. */
public final class FastqCheck implements ContentCheck {
    public static final String NAME = "fastq";

    static final Option GZIP = Option.choice(
            "gzip", List.of("required", "optional"), "optional", "Whether the file must be packed; BGZF is gzip too");

    public static final List<Option> OPTIONS =
            List.of(GZIP, Option.optional("reads-at-least", Form.COUNT, "1", "The fewest reads of a file"));

    private final boolean mustBeGzip;
    private final long atLeast;

    public FastqCheck(Options options) {
        mustBeGzip = options.text(GZIP.name()).equals("required");
        atLeast = options.count("reads-at-least");
    }

    @Override
    public MessageCheck begin(Faults faults, Path work) {
        return new PackedText() {
            @Override
            Lines lines(String path) {
                return new Reads(path, faults, mustBeGzip, atLeast);
            }
        };
    }

    private static final class Reads extends PackedText.Lines {
        private final long atLeast;
        /** The place of the line among four: name, bases, plus sign, qualities. */
        private int place;

        private long length;
        private long bases;
        private boolean isGood = true;
        private boolean isAfterReturn;
        private long reads;

        Reads(String path, Faults faults, boolean mustBeGzip, long atLeast) {
            super(path, faults, mustBeGzip);
            this.atLeast = atLeast;
        }

        @Override
        protected void text(byte[] bytes, int offset, int count) {
            int end = offset + count;
            for (int at = offset; at < end; ) {
                if (bytes[at] == '\n') {
                    endOfLine();
                    at++;
                } else {
                    at = within(bytes, at, end);
                }
            }
        }

        private int within(byte[] bytes, int from, int end) {
            // A CR with more of the line behind it is a character like any other.
            isGood &= !isAfterReturn;
            isAfterReturn = false;
            int first = from;
            if (length == 0) {
                isGood = place == 0 && bytes[from] == '@' || place == 2 && bytes[from] == '+' || place % 2 == 1;
            }
            int at = from;
            if (place % 2 == 0) {
                while (at < end && bytes[at] != '\n') {
                    at++;
                }
            } else {
                int lowest = place == 1 ? '*' : '!';
                while (at < end && bytes[at] != '\n') {
                    isGood &= bytes[at] >= lowest && bytes[at] <= '~' || bytes[at] == '\r';
                    at++;
                }
            }
            isAfterReturn = bytes[at - 1] == '\r';
            length += at - first;
            return at;
        }

        private void endOfLine() {
            if (isAfterReturn) {
                length--;
            }
            judge();
            if (place == 1) {
                bases = length;
            }
            place = (place + 1) % 4;
            reads += place == 0 ? 1 : 0;
            length = 0;
            isGood = true;
            isAfterReturn = false;
            nextRow();
        }

        private void judge() {
            switch (place) {
                case 0 -> require(isGood && length > 1, "@ and the name of a read");
                case 1 -> require(isGood && length > 0, "the bases of the read");
                case 2 -> require(isGood && length > 0, "a plus sign");
                default -> require(isGood && length == bases, "as many qualities as the read has bases");
            }
        }

        @Override
        void endOfText() {
            if (length > 0) {
                endOfLine();
            }
            if (place != 0) {
                fault(0, "four lines of each read, found the end of the file");
            } else if (reads < atLeast) {
                faultOfFile("at least " + atLeast + " reads, found " + reads);
            }
        }
    }
}
