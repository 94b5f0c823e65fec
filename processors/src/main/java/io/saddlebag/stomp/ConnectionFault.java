package io.saddlebag.stomp;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.saddlebag.identity.PeerRefusedException;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/**
 * The end of a connection in plain words, in the place of the texts of Netty, OpenSSL and the JDK.
 *
 * @param kind bounds how often it is logged
 * @param shown the name in a certificate that was refused, for which nobody vouches; null without one
 * @param reason for a log line, printable
 */
public record ConnectionFault(Kind kind, String shown, String reason) {
    /** A bounded set, never a text of the peer's. */
    public enum Kind {
        /** This end refuses the certificate of the other. */
        CERTIFICATE_REFUSED,
        /** The other end refuses the certificate of this one. */
        CERTIFICATE_NOT_ACCEPTED,
        NO_CERTIFICATE,
        OLD_TLS,
        NO_TLS,
        NOTHING_IN_COMMON,
        LATE,
        CLOSED,
        RESET,
        UNREACHABLE,
        SILENT,
        OTHER
    }

    /** Conscrypt names an alert or a fault of its own, the JDK an alert. */
    private static final Pattern OPENSSL_NAME = Pattern.compile("OPENSSL_internal:(?:SSLV3_|TLSV1_)?(?:ALERT_)?(\\w+)");

    private static final Pattern JDK_ALERT = Pattern.compile("fatal alert: (\\w+)");
    private static final Pattern JDK_OLD_TLS =
            Pattern.compile("is not enabled or supported|supported protocol versions .* are not accepted");
    /** An address in the memory of this process. */
    private static final Pattern POINTER = Pattern.compile("(?:Read error: |Write error: )?ssl=0x\\p{XDigit}+: ");

    private static final Set<String> AGAINST_A_CERTIFICATE = Set.of(
            "BAD_CERTIFICATE",
            "UNSUPPORTED_CERTIFICATE",
            "CERTIFICATE_REVOKED",
            "CERTIFICATE_EXPIRED",
            "CERTIFICATE_UNKNOWN",
            "UNKNOWN_CA",
            "ACCESS_DENIED",
            "DECRYPT_ERROR");
    private static final Set<String> WITHOUT_A_CERTIFICATE =
            Set.of("PEER_DID_NOT_RETURN_A_CERTIFICATE", "CERTIFICATE_REQUIRED", "EMPTY_CLIENT_CERTIFICATE_CHAIN");
    private static final Set<String> OF_OLD_TLS =
            Set.of("UNSUPPORTED_PROTOCOL", "PROTOCOL_VERSION", "WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL");
    private static final Set<String> WITHOUT_A_COMMON =
            Set.of("HANDSHAKE_FAILURE", "NO_SHARED_CIPHER", "NO_SHARED_GROUP", "INSUFFICIENT_SECURITY");

    public ConnectionFault(Kind kind, String reason) {
        this(kind, null, reason);
    }

    public static ConnectionFault of(Throwable fault) {
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof PeerRefusedException refused) {
                return new ConnectionFault(
                        Kind.CERTIFICATE_REFUSED, refused.shown(), Printable.whole(refused.getMessage()));
            }
            if (cause instanceof Refusal refusal) {
                return new ConnectionFault(Kind.OTHER, Printable.whole(refusal.reason()));
            }
        }
        if (fault instanceof NotSslRecordException) {
            return new ConnectionFault(Kind.NO_TLS, "expected TLS, found another protocol");
        }
        if (fault instanceof SslHandshakeTimeoutException) {
            return new ConnectionFault(Kind.LATE, "expected TLS to be set up in time, found it unfinished");
        }
        if (fault instanceof ClosedChannelException) {
            return new ConnectionFault(Kind.CLOSED, "the other end closed the connection before TLS was set up");
        }
        return fault instanceof SSLException ? ofTls(text(fault)) : ofNetwork(fault);
    }

    private static ConnectionFault ofTls(String text) {
        Optional<String> name = name(text);
        if (name.filter(AGAINST_A_CERTIFICATE::contains).isPresent()) {
            return new ConnectionFault(
                    Kind.CERTIFICATE_NOT_ACCEPTED,
                    "the other end does not accept the certificate of this one (TLS alert " + words(name.get())
                            + "). Its own log has the reason");
        }
        if (name.filter(WITHOUT_A_CERTIFICATE::contains).isPresent()) {
            return new ConnectionFault(Kind.NO_CERTIFICATE, "expected a certificate, found none");
        }
        if (name.filter(OF_OLD_TLS::contains).isPresent()) {
            return new ConnectionFault(Kind.OLD_TLS, "expected TLS 1.3, found an older version");
        }
        if (name.filter(WITHOUT_A_COMMON::contains).isPresent()) {
            return new ConnectionFault(
                    Kind.NOTHING_IN_COMMON, "expected a cipher and key exchange that both ends know, found none");
        }
        return new ConnectionFault(
                Kind.OTHER,
                "TLS failed: " + name.map(ConnectionFault::words).orElseGet(() -> Printable.of(firstLine(text))));
    }

    private static Optional<String> name(String text) {
        Matcher named = OPENSSL_NAME.matcher(text);
        if (named.find()) {
            return Optional.of(named.group(1));
        }
        Matcher alert = JDK_ALERT.matcher(text);
        if (alert.find()) {
            return Optional.of(alert.group(1).toUpperCase(Locale.ROOT));
        }
        if (text.startsWith("Empty client certificate chain")) {
            return Optional.of("EMPTY_CLIENT_CERTIFICATE_CHAIN");
        }
        return JDK_OLD_TLS.matcher(text).find() ? Optional.of("UNSUPPORTED_PROTOCOL") : Optional.empty();
    }

    private static ConnectionFault ofNetwork(Throwable fault) {
        if (fault instanceof ConnectTimeoutException) {
            return new ConnectionFault(
                    Kind.UNREACHABLE, "no answer. See that the address is right and no firewall is between");
        }
        if (fault instanceof NoRouteToHostException) {
            return new ConnectionFault(Kind.UNREACHABLE, "no route to the address. Check it, and the network");
        }
        if (fault instanceof ConnectException) {
            return new ConnectionFault(Kind.UNREACHABLE, "refused. See that headquarters runs there, under that port");
        }
        String text = text(fault);
        if (fault instanceof IOException && text.contains("onnection reset")) {
            return new ConnectionFault(Kind.RESET, "the other end, or something between, reset the connection");
        }
        return new ConnectionFault(Kind.OTHER, Printable.reason(text));
    }

    private static String text(Throwable fault) {
        return fault.getMessage() == null ? fault.getClass().getSimpleName() : fault.getMessage();
    }

    private static String firstLine(String text) {
        return POINTER.matcher(text.lines().findFirst().orElse("")).replaceFirst("");
    }

    private static String words(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
