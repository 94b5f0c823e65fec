package io.saddlebag.check.kind;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Kind {@code vcf}: the first line, the header, and of each record the number of columns and the form of the first six (VCF
 * 4.3, section 1.6.1); the gzip data whole.
 */
public final class VcfCheck implements ContentCheck {
    public static final String NAME = "vcf";
    public static final List<Option> OPTIONS = List.of(FastqCheck.GZIP);

    private static final byte[] VERSION = "##fileformat=VCFv4.".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HEADER =
            "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO".getBytes(StandardCharsets.US_ASCII);
    private static final int FIXED = 8;

    private final boolean mustBeGzip;

    public VcfCheck(Options options) {
        mustBeGzip = options.text(FastqCheck.GZIP.name()).equals("required");
    }

    @Override
    public MessageCheck begin(Faults faults, Path work) {
        return new PackedText() {
            @Override
            Lines lines(String path) {
                return new Records(path, faults, mustBeGzip);
            }
        };
    }

    private static final class Records extends PackedText.Lines {
        /** The beginning of the line, as long as the header's fixed part. */
        private final byte[] beginning = new byte[HEADER.length + 1];

        private int length;
        private int column = 1;
        private int columns;
        private int cellLength;
        private boolean isGood = true;

        Records(String path, Faults faults, boolean mustBeGzip) {
            super(path, faults, mustBeGzip);
        }

        @Override
        protected void text(byte[] bytes, int offset, int count) {
            for (int at = offset; at < offset + count; at++) {
                byte b = bytes[at];
                if (b == '\n') {
                    endOfLine();
                } else if (b != '\r') {
                    take(b);
                }
            }
        }

        private void take(byte b) {
            if (length < beginning.length) {
                beginning[length++] = b;
            }
            if (b == '\t') {
                endOfCell();
                column++;
                cellLength = 0;
                isGood = true;
            } else {
                cellLength++;
                if (column <= 6 && beginning[0] != '#') {
                    isGood &= fits(b);
                }
            }
        }

        private boolean fits(byte b) {
            boolean isDigit = b >= '0' && b <= '9';
            boolean isLetter = b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z';
            return switch (column) {
                case 1, 3 -> b > ' ';
                case 2 -> isDigit;
                case 4 -> isLetter;
                case 5 -> b > ' ';
                default -> isDigit || b == '.' || b == '-' || b == '+' || b == 'e' || b == 'E';
            };
        }

        private void endOfCell() {
            if (beginning[0] == '#' || columns == 0 || column > FIXED) {
                return;
            }
            if (cellLength == 0 || !isGood) {
                fault(
                        column,
                        switch (column) {
                            case 1 -> "the name of a chromosome";
                            case 2 -> "a position, a whole number";
                            case 3 -> "an identifier or a dot";
                            case 4 -> "the bases of the reference";
                            case 5 -> "the bases of the alternatives";
                            case 6 -> "a quality, a number or a dot";
                            default -> "a value or a dot";
                        });
            }
        }

        private void endOfLine() {
            boolean isMeta = length >= 2 && beginning[0] == '#' && beginning[1] == '#';
            if (row() == 1) {
                require(begins(VERSION), "##fileformat=VCFv4. and a digit");
            } else if (columns == 0 && length > 0 && beginning[0] == '#') {
                if (!isMeta) {
                    require(begins(HEADER), "the header #CHROM POS ID REF ALT QUAL FILTER INFO, tabs between");
                    require(column != FIXED + 1, "a column for a sample behind FORMAT");
                    columns = column;
                }
            } else if (columns == 0) {
                fault(0, "the header, a line that begins with #CHROM, before the first record");
                columns = column;
            } else if (length > 0 && beginning[0] == '#') {
                fault(0, "records behind the header");
            } else {
                endOfCell();
                require(column == columns, columns + " columns, as many as the header has");
            }
            nextRow();
            length = 0;
            column = 1;
            cellLength = 0;
            isGood = true;
            beginning[0] = 0;
        }

        private boolean begins(byte[] expected) {
            return length >= expected.length
                    && Arrays.equals(beginning, 0, expected.length, expected, 0, expected.length);
        }

        @Override
        void endOfText() {
            if (length > 0) {
                endOfLine();
            }
            if (columns == 0) {
                faultOfFile("a line that begins with #CHROM, found none");
            }
        }
    }
}
