package io.saddlebag.files.tree;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Tars made by hand, also such as no honest program makes. */
final class Tars {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Tars file(String path, String content) {
        return entry(path, '0', content.length(), content.getBytes(StandardCharsets.UTF_8));
    }

    Tars folder(String path) {
        return entry(path, '5', 0, new byte[0]);
    }

    /** @param size as the header says, whatever the content's */
    Tars entry(String path, char type, long size, byte[] content) {
        return block(header(path, type, String.format("%011o\0", size))).content(content);
    }

    Tars pax(String records) {
        byte[] bytes = records.getBytes(StandardCharsets.UTF_8);
        return entry("PaxHeaders/x", 'x', bytes.length, bytes);
    }

    static byte[] header(String path, char type, String size) {
        byte[] block = new byte[512];
        put(block, 0, path);
        put(block, 100, "0000644\0");
        put(block, 124, size);
        block[156] = (byte) type;
        put(block, 157, "/etc/passwd");
        put(block, 257, "ustar\0" + "00");
        return signed(block);
    }

    /** With the right sum. */
    static byte[] signed(byte[] block) {
        Arrays.fill(block, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte each : block) {
            sum += each & 0xFF;
        }
        put(block, 148, String.format("%06o\0 ", sum));
        return block;
    }

    private static void put(byte[] block, int offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, block, offset, bytes.length);
    }

    Tars block(byte[] block) {
        out.writeBytes(block);
        return this;
    }

    private Tars content(byte[] content) {
        out.writeBytes(content);
        out.writeBytes(new byte[(512 - content.length % 512) % 512]);
        return this;
    }

    byte[] end() {
        out.writeBytes(new byte[1024]);
        return out.toByteArray();
    }

    byte[] withoutEnd() {
        return out.toByteArray();
    }
}
