package io.saddlebag.check.format;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The header of a DICOM file (PS3.10, section 7; PS3.5, section 7), as far as group 0020: values of wanted elements of the
 * data set, no pixels. Reads the three encodings that are not deflated. Immutable.
 */
public final class DicomHeader {
    /** As far as a header is read, in bytes. */
    public static final int MOST = 1024 * 1024;

    private static final int PREAMBLE = 128;
    private static final int META_GROUP = 0x0002;
    private static final int LAST_GROUP = 0x0020;
    private static final int TRANSFER_SYNTAX = 0x00020010;
    private static final String IMPLICIT = "1.2.840.10008.1.2";
    private static final String BIG_ENDIAN = "1.2.840.10008.1.2.2";
    private static final String DEFLATED = "1.2.840.10008.1.2.1.99";
    private static final int ITEM = 0xFFFEE000;
    private static final int ITEM_END = 0xFFFEE00D;
    private static final int SEQUENCE_END = 0xFFFEE0DD;
    private static final int MOST_DEPTH = 16;
    private static final Set<String> LONG =
            Set.of("OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV");

    private final Map<Integer, String> values = new HashMap<>();
    private final byte[] bytes;
    private final int end;
    private final Set<Integer> wanted;
    private boolean isExplicit = true;
    private boolean isBigEndian;
    private int at;

    /** The header is not as DICOM has it; the message says what was expected. */
    public static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1L;

        MalformedException(String expected) {
            super(expected);
        }
    }

    private DicomHeader(byte[] bytes, int length, Set<Integer> wanted) {
        this.bytes = bytes;
        this.end = length;
        this.wanted = wanted;
    }

    /**
     * Reads the header.
     *
     * @param bytes the beginning of the file
     * @param isWhole whether the file ends with them
     * @param wanted tags of elements of text, of group 0020 at most
     */
    public static DicomHeader read(byte[] bytes, int length, boolean isWhole, Set<Integer> wanted)
            throws MalformedException {
        DicomHeader header = new DicomHeader(bytes, length, wanted);
        try {
            header.read(isWhole);
        } catch (ArrayIndexOutOfBoundsException e) {
            throw new MalformedException(
                    isWhole
                            ? "a DICOM header to its end; it is cut short"
                            : "the elements up to group 0020 in the first " + MOST + " bytes");
        }
        return header;
    }

    /** The value without padding; null when the element is absent. */
    public String value(int tag) {
        return values.get(tag);
    }

    private void read(boolean isWhole) throws MalformedException {
        require(PREAMBLE + 4);
        if (!new String(bytes, PREAMBLE, 4, StandardCharsets.ISO_8859_1).equals("DICM")) {
            throw new MalformedException("a DICOM file, with DICM behind its first 128 bytes");
        }
        at = PREAMBLE + 4;
        String syntax = null;
        while (at + 2 <= end && number(at, 2) == META_GROUP) {
            int tag = tag();
            int length = length();
            if (length < 0) {
                throw new MalformedException("file meta elements of known length");
            }
            if (tag == TRANSFER_SYNTAX) {
                syntax = text(length);
            }
            skip(length);
        }
        if (syntax == null) {
            throw new MalformedException("a transfer syntax in the file meta elements");
        }
        if (syntax.equals(DEFLATED)) {
            throw new MalformedException("a transfer syntax that is not deflated");
        }
        isExplicit = !syntax.equals(IMPLICIT);
        isBigEndian = syntax.equals(BIG_ENDIAN);
        dataSet(isWhole);
    }

    private void dataSet(boolean isWhole) throws MalformedException {
        long before = 0;
        while (at < end || !isWhole) {
            int tag = tag();
            if (tag >>> 16 > LAST_GROUP) {
                return;
            }
            if ((tag & 0xFFFFFFFFL) <= before) {
                throw new MalformedException("elements in the order of their tags, each once");
            }
            before = tag & 0xFFFFFFFFL;
            int length = length();
            if (length == -1) {
                sequence(0);
                continue;
            }
            if (wanted.contains(tag)) {
                values.put(tag, text(length));
            }
            skip(length);
        }
    }

    /** A sequence of unknown length, to the item that ends it. */
    private void sequence(int depth) throws MalformedException {
        if (depth > MOST_DEPTH) {
            throw new MalformedException("sequences at most " + MOST_DEPTH + " deep");
        }
        while (true) {
            int tag = tag();
            int length = number(at, 4);
            at += 4;
            if (tag == SEQUENCE_END) {
                return;
            }
            if (tag != ITEM) {
                throw new MalformedException("items alone in a sequence");
            }
            if (length == -1) {
                item(depth);
            } else {
                skip(length);
            }
        }
    }

    private void item(int depth) throws MalformedException {
        while (true) {
            int tag = tag();
            if (tag == ITEM_END) {
                at += 4;
                return;
            }
            int length = length();
            if (length == -1) {
                sequence(depth + 1);
            } else {
                skip(length);
            }
        }
    }

    private int tag() {
        require(8);
        int tag = number(at, 2) << 16 | number(at + 2, 2);
        at += 4;
        return tag;
    }

    /** The length of the element whose tag was read; -1 when it is not known. */
    private int length() throws MalformedException {
        int length;
        if (!isExplicit) {
            length = number(at, 4);
            at += 4;
        } else {
            String representation = new String(bytes, at, 2, StandardCharsets.ISO_8859_1);
            if (!representation.matches("[A-Z]{2}")) {
                throw new MalformedException("elements with a value representation");
            }
            boolean isLong = LONG.contains(representation);
            require(isLong ? 8 : 4);
            length = isLong ? number(at + 4, 4) : number(at + 2, 2);
            at += isLong ? 8 : 4;
        }
        if (length < -1) {
            throw new MalformedException("elements of less than 2 GiB");
        }
        return length;
    }

    private String text(int length) {
        require(length);
        String text = new String(bytes, at, length, StandardCharsets.ISO_8859_1);
        int to = text.length();
        while (to > 0 && (text.charAt(to - 1) == ' ' || text.charAt(to - 1) == 0)) {
            to--;
        }
        return text.substring(0, to);
    }

    private void skip(int length) {
        require(length);
        at += length;
    }

    private void require(int length) {
        if (length > end - at) {
            throw new ArrayIndexOutOfBoundsException(end);
        }
    }

    private int number(int from, int length) {
        int value = 0;
        for (int i = 0; i < length; i++) {
            int b = bytes[isBigEndian ? from + i : from + length - 1 - i] & 0xFF;
            value = value << 8 | b;
        }
        return value;
    }
}
