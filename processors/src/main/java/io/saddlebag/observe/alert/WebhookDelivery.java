package io.saddlebag.observe.alert;

import io.saddlebag.files.Utf8File;
import io.saddlebag.identity.PrivateFiles;
import io.saddlebag.message.Printable;
import io.saddlebag.observe.ObserveSettings;
import io.saddlebag.site.HomeTrust;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** POSTs the JSON to an address; any answer from 200 to 299 says that it was taken. Follows no redirection. */
final class WebhookDelivery implements AlertDelivery {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final Pattern TOKEN = Pattern.compile("[!-~]+");

    private final URI address;
    private final Path tokenFile;
    private final SSLContext trust;
    private HttpClient client;

    /** @param trust null for Java's own */
    WebhookDelivery(URI address, Path tokenFile, SSLContext trust) {
        this.address = address;
        this.tokenFile = tokenFile;
        this.trust = trust;
    }

    static WebhookDelivery of(Settings settings) throws SiteStartException {
        String file = settings.text(ObserveSettings.WEBHOOK_CA);
        if (!file.isEmpty()) {
            HomeTrust.requireFile(settings.home(), settings.home().resolve(file));
        }
        return new WebhookDelivery(
                settings.read(ObserveSettings.WEBHOOK, WebhookDelivery::address),
                settings.path(ObserveSettings.WEBHOOK_TOKEN),
                file.isEmpty() ? null : trust(settings.home().resolve(file)));
    }

    /** Shows none that it refuses, since it may hold a password. */
    private static URI address(String text) {
        try {
            URI address = new URI(text);
            boolean isWeb = "https".equals(address.getScheme()) || "http".equals(address.getScheme());
            if (isWeb && address.getHost() != null && address.getUserInfo() == null) {
                return address;
            }
        } catch (URISyntaxException e) {
            // The error below.
        }
        throw new IllegalArgumentException("Expected an address such as https://hooks.example.org/x without a"
                + " password, found another. A token has a file of its own, " + ObserveSettings.WEBHOOK_TOKEN);
    }

    private static SSLContext trust(Path file) throws SiteStartException {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore authorities = KeyStore.getInstance(KeyStore.getDefaultType());
            authorities.load(null, null);
            for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                authorities.setCertificateEntry("ca-" + authorities.size(), each);
            }
            TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(authorities);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new SiteStartException(
                    file + " (" + ObserveSettings.WEBHOOK_CA + "): expected certificates of CAs in PEM, found "
                            + Printable.reason(e.getMessage()),
                    e);
        }
    }

    @Override
    public void deliver(byte[] json) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(address)
                .timeout(ANSWER)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(json));
        if (Files.exists(tokenFile)) {
            PrivateFiles.requirePrivate(tokenFile, "0600");
            request.header("Authorization", "Bearer " + token());
        }
        HttpResponse<InputStream> answer = client().send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        // The time limit ends with the headers; a body may never end.
        answer.body().close();
        int status = answer.statusCode();
        if (status < 200 || status > 299) {
            throw new IOException("the webhook at " + address.getHost() + " answered " + status);
        }
    }

    /** Refuses what a header cannot hold: the fault of the library would show it in the log. */
    private String token() throws IOException {
        String token = Utf8File.readSecret(tokenFile).strip();
        if (!TOKEN.matcher(token).matches()) {
            throw new IOException(tokenFile + ": expected a token on one line, of printable ASCII without spaces");
        }
        return token;
    }

    /** Made with the first alert, since most sites have none for months. */
    private HttpClient client() {
        if (client == null) {
            HttpClient.Builder builder =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT);
            if (trust != null) {
                builder.sslContext(trust);
            }
            client = builder.build();
        }
        return client;
    }
}
