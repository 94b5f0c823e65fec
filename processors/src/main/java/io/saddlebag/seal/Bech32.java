package io.saddlebag.seal;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Bech32 (BIP 173) without its limit of 90 characters, as age writes its keys: the age library's own stops at 256 bytes,
 * and a post-quantum recipient has 1216.
 *
 * @param prefix the human-readable part, in the case of the text
 * @param data what the text carries
 */
record Bech32(String prefix, byte[] data) {
    private static final String ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    private static final int[] GENERATOR = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
    private static final char SEPARATOR = '1';
    private static final int CHECKSUM = 6;
    /** More than any age key has, in characters. */
    private static final int MAX_LENGTH = 4096;

    /** The text, in lower case. */
    String encode() {
        byte[] groups = regroup(data, 8, 5, true);
        StringBuilder text = new StringBuilder(prefix.toLowerCase(Locale.ROOT)).append(SEPARATOR);
        int checksum = polymod(polymod(prefixed(text.substring(0, prefix.length())), groups), new byte[CHECKSUM]) ^ 1;
        for (byte group : groups) {
            text.append(ALPHABET.charAt(group));
        }
        for (int i = CHECKSUM - 1; i >= 0; i--) {
            text.append(ALPHABET.charAt(checksum >>> 5 * i & 31));
        }
        return text.toString();
    }

    /** @throws IllegalArgumentException when it is none; the message does not repeat it, for it may be a secret */
    static Bech32 decode(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        int separator = text.lastIndexOf(SEPARATOR);
        boolean mixed = !text.equals(lower) && !text.equals(text.toUpperCase(Locale.ROOT));
        if (mixed || text.length() > MAX_LENGTH || separator < 1 || text.length() - separator - 1 < CHECKSUM) {
            throw invalid();
        }
        byte[] groups = new byte[text.length() - separator - 1];
        for (int i = 0; i < groups.length; i++) {
            groups[i] = (byte) ALPHABET.indexOf(lower.charAt(separator + 1 + i));
            if (groups[i] < 0) {
                throw invalid();
            }
        }
        String prefix = text.substring(0, separator);
        if (!prefix.chars().allMatch(each -> each > ' ' && each <= '~')
                || polymod(prefixed(lower.substring(0, separator)), groups) != 1) {
            throw invalid();
        }
        byte[] data = new byte[groups.length - CHECKSUM];
        System.arraycopy(groups, 0, data, 0, data.length);
        return new Bech32(prefix, regroup(data, 5, 8, false));
    }

    private static int prefixed(String prefix) {
        byte[] ascii = prefix.getBytes(StandardCharsets.US_ASCII);
        byte[] expanded = new byte[2 * ascii.length + 1];
        for (int i = 0; i < ascii.length; i++) {
            expanded[i] = (byte) (ascii[i] >>> 5);
            expanded[ascii.length + 1 + i] = (byte) (ascii[i] & 31);
        }
        return polymod(1, expanded);
    }

    private static int polymod(int before, byte[] groups) {
        int sum = before;
        for (byte group : groups) {
            int top = sum >>> 25;
            sum = (sum & 0x1ffffff) << 5 ^ group;
            for (int i = 0; i < GENERATOR.length; i++) {
                sum ^= (top >>> i & 1) == 0 ? 0 : GENERATOR[i];
            }
        }
        return sum;
    }

    /** @param padded whether the last group is filled up; otherwise what is left over must be zeros and too short */
    private static byte[] regroup(byte[] groups, int from, int to, boolean padded) {
        ByteArrayOutputStream regrouped = new ByteArrayOutputStream(groups.length * from / to + 1);
        int bits = 0;
        int kept = 0;
        for (byte group : groups) {
            bits = (bits << from | group & (1 << from) - 1) & 0xfff;
            kept += from;
            while (kept >= to) {
                kept -= to;
                regrouped.write(bits >>> kept & (1 << to) - 1);
            }
        }
        int left = bits & (1 << kept) - 1;
        if (padded && kept > 0) {
            regrouped.write(left << to - kept);
        } else if (!padded && (kept >= from || left != 0)) {
            throw invalid();
        }
        return regrouped.toByteArray();
    }

    private static IllegalArgumentException invalid() {
        return new IllegalArgumentException("Expected Bech32 in one case with a valid checksum, found something else");
    }
}
