package io.saddlebag.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Text that people edit, read whole. A byte order mark, which editors of Windows write, is ignored. Bytes that are not
 * UTF-8 are refused with line and column, since a guess would put a wrong letter into a name or a passphrase.
 */
public final class Utf8File {
    private static final int BYTE_ORDER_MARK = 0xFEFF;

    private Utf8File() {}

    /** @throws IOException when it cannot be read or is no UTF-8; then it says line, byte and remedy */
    public static String read(Path file) throws IOException {
        return decode(file, Files.readAllBytes(file), true);
    }

    /** As {@link #read}, of a secret: the error does not show the byte. */
    public static String readSecret(Path file) throws IOException {
        return decode(file, Files.readAllBytes(file), false);
    }

    /** As {@link #readSecret}, of bytes that were read from the file. */
    public static String decodeSecret(Path file, byte[] bytes) throws IOException {
        return decode(file, bytes, false);
    }

    /** The text of bytes that were read from the file. */
    public static String decode(Path file, byte[] bytes) throws IOException {
        return decode(file, bytes, true);
    }

    private static String decode(Path file, byte[] bytes, boolean mayShow) throws IOException {
        if (isUtf16(bytes)) {
            throw new IOException(file + ":1: expected UTF-8, found UTF-16. Save the file as UTF-8");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CoderResult result = decoder.decode(in, out, true);
        if (result.isError()) {
            throw new IOException(fault(file, bytes, in.position(), mayShow));
        }
        out.flip();
        String text = out.toString();
        return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
    }

    private static boolean isUtf16(byte[] bytes) {
        return bytes.length >= 2
                && (bytes[0] == (byte) 0xFE && bytes[1] == (byte) 0xFF
                        || bytes[0] == (byte) 0xFF && bytes[1] == (byte) 0xFE);
    }

    private static String fault(Path file, byte[] bytes, int at, boolean mayShow) {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < at; i++) {
            if (bytes[i] == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        int found = Byte.toUnsignedInt(bytes[at]);
        String shown = mayShow
                ? "the byte 0x%02X%s"
                        .formatted(found, found >= 0xA0 ? ", which is '" + (char) found + "' in Latin-1," : "")
                : "another byte";
        return file + ":" + line + ": expected UTF-8, found " + shown + " at byte " + (at - lineStart + 1)
                + " of the line. Save the file as UTF-8";
    }
}
