package io.saddlebag.files.tree;

import io.saddlebag.message.Refusal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The numbers and letters of a POSIX tar (IEEE Std 1003.1, pax: ustar interchange format and pax extended header). */
final class TarFormat {
    static final int BLOCK = 512;
    /** Two blocks of zeros end a tar. */
    static final int END = 2 * BLOCK;
    /** The longest extended header that is written or read, in bytes. */
    static final int MAX_PAX = 16 * 1024;
    /** The largest size that 11 octal digits hold; an extended header holds a larger one. */
    static final long MAX_OCTAL_SIZE = 0_77777777777L;

    static final int NAME = 0;
    static final int NAME_LENGTH = 100;
    static final int MODE = 100;
    static final int UID = 108;
    static final int GID = 116;
    static final int SIZE = 124;
    static final int SIZE_LENGTH = 12;
    static final int MTIME = 136;
    static final int CHECKSUM = 148;
    static final int CHECKSUM_LENGTH = 8;
    static final int TYPE = 156;
    static final int MAGIC = 257;
    static final String USTAR = "ustar\0" + "00";
    static final int DEVICE_MAJOR = 329;
    static final int DEVICE_MINOR = 337;
    static final int PREFIX = 345;
    static final int PREFIX_LENGTH = 155;

    static final char FILE = '0';
    static final char OLD_FILE = '\0';
    static final char FOLDER = '5';
    static final char PAX = 'x';

    static final String PAX_PATH = "path";
    static final String PAX_SIZE = "size";

    private TarFormat() {}

    /** How many bytes follow a content so that the next header begins a block. */
    static int padding(long size) {
        return (int) ((BLOCK - size % BLOCK) % BLOCK);
    }

    /** The sum of a header's bytes, its checksum field counted as spaces. */
    static int checksum(byte[] header) {
        int sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            boolean inField = i >= CHECKSUM && i < CHECKSUM + CHECKSUM_LENGTH;
            sum += inField ? ' ' : header[i] & 0xFF;
        }
        return sum;
    }

    /** @throws Refusal {@code MALFORMED} for bytes that are not UTF-8 */
    static String text(byte[] bytes, int from, int to) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, from, to - from))
                    .toString();
        } catch (CharacterCodingException e) {
            throw malformed("a name that is not UTF-8");
        }
    }

    static Refusal malformed(String found) {
        return new Refusal(
                Refusal.Code.MALFORMED,
                "Expected a folder as a POSIX tar (ustar, with pax headers where needed), found " + found
                        + ". The sender must send it again");
    }
}
