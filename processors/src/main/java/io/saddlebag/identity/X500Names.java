package io.saddlebag.identity;

import io.netty.util.NetUtil;

/** How names are written into certificates. */
public final class X500Names {
    private X500Names() {}

    /** The text as the value of a relative distinguished name (RFC 4514, section 2.4). */
    public static String escaped(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 8);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean edge = i == 0 || i == text.length() - 1;
            if (",+\"\\<>;=".indexOf(c) >= 0 || c == '#' && i == 0 || c == ' ' && edge) {
                escaped.append('\\');
            }
            escaped.append(c);
        }
        return escaped.toString();
    }

    public static boolean isAddress(String host) {
        return NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host);
    }
}
