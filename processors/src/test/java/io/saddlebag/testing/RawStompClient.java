package io.saddlebag.testing;

import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509KeyManager;
import javax.net.ssl.X509TrustManager;

/**
 * A STOMP client with nothing of ours in it but the frame record: a blocking TLS socket of the JDK, frames written and
 * read by hand. For one thread. Reads fail after 10 seconds.
 */
public final class RawStompClient implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 60_000;

    private final SSLSocket socket;
    private final InputStream in;
    private final OutputStream out;

    private RawStompClient(SSLSocket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
    }

    /** A TLS 1.3 connection with the site's certificate; nothing of STOMP is said yet. */
    public static RawStompClient secure(int port, SiteIdentity identity) {
        return secure(port, identity, "TLSv1.3");
    }

    /**
     * @param identity null for a client without a certificate
     */
    public static RawStompClient secure(int port, SiteIdentity identity, String protocol) {
        Shown shown = identity == null ? null : new Shown(identity.tlsKey(), identity.tlsCertificate());
        return secure(port, context(shown), protocol);
    }

    /**
     * A client's TLS, which resumes an earlier connection where the server lets it.
     *
     * @param certificate null for none
     */
    public static SSLContext context(Shown certificate) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    certificate == null ? null : new KeyManager[] {certificate},
                    new TrustManager[] {new Trusting()},
                    null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public static RawStompClient secure(int port, SSLContext context, String protocol) {
        try {
            SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
            socket.setEnabledProtocols(new String[] {protocol});
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.setTcpNoDelay(true);
            socket.startHandshake();
            return new RawStompClient(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Connected as far as CONNECTED, with refusals as receipts. */
    public static RawStompClient connect(int port, SiteIdentity identity) {
        return connect(port, identity, Map.of(Headers.REJECTIONS, Headers.REJECTIONS_AS_RECEIPT));
    }

    /** @param headers added to accept-version and host */
    public static RawStompClient connect(int port, SiteIdentity identity, Map<String, String> headers) {
        RawStompClient client = secure(port, identity);
        client.connect(headers);
        return client;
    }

    /** Says CONNECT, and reads CONNECTED. */
    public void connect(Map<String, String> headers) {
        StompFrame.Builder connect = StompFrame.of(StompCommand.CONNECT)
                .header(Headers.ACCEPT_VERSION, "1.2")
                .header(Headers.HOST, "127.0.0.1");
        headers.forEach(connect::header);
        send(connect.build());
        StompFrame answer = receive();
        if (answer.command() != StompCommand.CONNECTED) {
            throw new IllegalStateException("Expected CONNECTED, found " + answer + " " + answer.headers());
        }
    }

    /** The certificate that the server has shown. */
    public X509Certificate serverCertificate() {
        try {
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void send(StompFrame frame) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        StringBuilder head = new StringBuilder(frame.command().name()).append('\n');
        boolean escapes = frame.command() != StompCommand.CONNECT;
        frame.headers().forEach((name, value) -> head.append(escapes ? escape(name) : name)
                .append(':')
                .append(escapes ? escape(value) : value)
                .append('\n'));
        if (frame.body().length > 0 && frame.header(Headers.CONTENT_LENGTH) == null) {
            head.append("content-length:").append(frame.body().length).append('\n');
        }
        bytes.writeBytes(head.append('\n').toString().getBytes(StandardCharsets.UTF_8));
        bytes.writeBytes(frame.body());
        bytes.write(0);
        sendBytes(bytes.toByteArray());
    }

    /** Any bytes, as they are. */
    public void sendBytes(byte[] bytes) {
        try {
            out.write(bytes);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String escape(String text) {
        return text.replace("\\", "\\\\")
                .replace("\r", "\\r")
                .replace("\n", "\\n")
                .replace(":", "\\c");
    }

    private static String unescape(String text) {
        return text.replace("\\c", ":")
                .replace("\\n", "\n")
                .replace("\\r", "\r")
                .replace("\\\\", "\\");
    }

    /** The next frame; heart-beats before it are skipped. */
    public StompFrame receive() {
        try {
            String line = readLine();
            while (line.isEmpty()) {
                line = readLine();
            }
            StompFrame.Builder frame = StompFrame.of(StompCommand.valueOf(line));
            int length = 0;
            for (line = readLine(); !line.isEmpty(); line = readLine()) {
                int colon = line.indexOf(':');
                String name = unescape(line.substring(0, colon));
                String value = unescape(line.substring(colon + 1));
                frame.header(name, value);
                length = name.equals(Headers.CONTENT_LENGTH) ? Integer.parseInt(value) : length;
            }
            byte[] body = in.readNBytes(length);
            if (in.read() != 0) {
                throw new IOException("Expected NUL at the end of a frame");
            }
            return frame.body(body).build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = readByte(); next != '\n'; next = readByte()) {
            line.write(next);
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    /** One byte, such as a heart-beat. */
    public int readByte() throws IOException {
        int next = in.read();
        if (next < 0) {
            throw new EOFException("The server closed the connection");
        }
        return next;
    }

    /** True when the server has closed the connection; waits for it up to a minute. */
    public boolean isClosedByServer() {
        try {
            int next = in.read();
            while (next >= 0) {
                next = in.read();
            }
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A client's certificate, whatever it is of, and how often a server asked for it. */
    public static final class Shown implements X509KeyManager {
        private static final String ALIAS = "tls";

        private final PrivateKey key;
        private final X509Certificate certificate;
        private final AtomicInteger times = new AtomicInteger();

        public Shown(PrivateKey key, X509Certificate certificate) {
            this.key = key;
            this.certificate = certificate;
        }

        public int times() {
            return times.get();
        }

        @Override
        public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
            times.incrementAndGet();
            return ALIAS;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return new X509Certificate[] {certificate};
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return key;
        }

        @Override
        public String[] getClientAliases(String keyType, Principal[] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public String[] getServerAliases(String keyType, Principal[] issuers) {
            throw new UnsupportedOperationException("A client is no server");
        }

        @Override
        public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
            throw new UnsupportedOperationException("A client is no server");
        }
    }

    /** Other tests check the server's certificate. */
    private static final class Trusting implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {
            throw new UnsupportedOperationException("A client judges no clients");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {
            // Any server will do.
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
