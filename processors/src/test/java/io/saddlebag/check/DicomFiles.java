package io.saddlebag.check;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** DICOM files with a few elements of text, a sequence of unknown length and pixels (PS3.10). */
public final class DicomFiles {
    public static final String EXPLICIT = "1.2.840.10008.1.2.1";
    public static final String IMPLICIT = "1.2.840.10008.1.2";
    public static final String BIG_ENDIAN = "1.2.840.10008.1.2.2";

    private static final int UNKNOWN = -1;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private boolean isExplicit = true;
    private ByteOrder order = ByteOrder.LITTLE_ENDIAN;

    private DicomFiles() {}

    /** @param patient, study null for an element that is absent; de-identified as {@code identityRemoved} says */
    public static byte[] file(String syntax, String patient, String study, String identityRemoved) {
        Map<Integer, String> elements = new TreeMap<>();
        elements.put(0x00080060, "MR");
        put(elements, 0x00100020, patient);
        put(elements, 0x00120062, identityRemoved);
        put(elements, 0x0020000D, study);
        DicomFiles file = new DicomFiles();
        file.bytes.writeBytes(new byte[128]);
        file.bytes.writeBytes("DICM".getBytes(StandardCharsets.US_ASCII));
        file.element(0x00020010, "UI", syntax);
        file.isExplicit = !syntax.equals(IMPLICIT);
        file.order = syntax.equals(BIG_ENDIAN) ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        boolean hasSequence = false;
        for (Map.Entry<Integer, String> each : elements.entrySet()) {
            if (each.getKey() > 0x00081140 && !hasSequence) {
                file.sequence();
                hasSequence = true;
            }
            file.element(each.getKey(), "LO", each.getValue());
        }
        file.header(0x00280010, "US", 2);
        file.bytes.writeBytes(new byte[2]);
        file.header(0x7FE00010, "OW", 4000);
        file.bytes.writeBytes(new byte[4000]);
        return file.bytes.toByteArray();
    }

    private static void put(Map<Integer, String> elements, int tag, String value) {
        if (value != null) {
            elements.put(tag, value);
        }
    }

    private void sequence() {
        header(0x00081140, "SQ", UNKNOWN);
        item(0xFFFEE000, UNKNOWN);
        element(0x00081155, "UI", "1.2.3");
        item(0xFFFEE00D, 0);
        item(0xFFFEE0DD, 0);
    }

    private void item(int tag, int length) {
        bytes.writeBytes(ByteBuffer.allocate(8)
                .order(order)
                .putShort((short) (tag >>> 16))
                .putShort((short) tag)
                .putInt(length)
                .array());
    }

    private void element(int tag, String representation, String value) {
        String even = value.length() % 2 == 0 ? value : value + (representation.equals("UI") ? "\0" : " ");
        header(tag, representation, even.length());
        bytes.writeBytes(even.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void header(int tag, String representation, int length) {
        boolean isLong = representation.equals("OW") || representation.equals("SQ");
        ByteBuffer header = ByteBuffer.allocate(!isExplicit || !isLong ? 8 : 12).order(order);
        header.putShort((short) (tag >>> 16)).putShort((short) tag);
        if (!isExplicit) {
            header.putInt(length);
        } else {
            header.put(representation.getBytes(StandardCharsets.US_ASCII));
            if (isLong) {
                header.putShort((short) 0).putInt(length);
            } else {
                header.putShort((short) length);
            }
        }
        bytes.writeBytes(header.array());
    }
}
