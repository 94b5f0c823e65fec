package io.saddlebag.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import com.sun.net.httpserver.HttpServer;
import io.saddlebag.cli.home.HomeMaker;
import io.saddlebag.site.SiteHome;
import io.saddlebag.testing.LoggedLines;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.file.virtualfs.VirtualFileSystemFactory;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;

/** The samples in a laboratory and a centre, with an SFTP server, a web hook and a mail server of their own. */
final class WorkedSamples implements AutoCloseable {
    private static final Path ROUTES = Path.of("..", "samples", "routes");
    private static final Path JARS = Path.of("target", "sample-jars");

    private final SiteHome lab;
    private final SiteHome centre;
    private final Path folder;
    private final SshServer sftp = SshServer.setUpDefaultServer();
    private final HttpServer hook;
    private final MailServer mail = new MailServer();
    private final LoggedLines link = LoggedLines.of("io.saddlebag.stomp.client.StompClient");
    private final List<String> posted = new CopyOnWriteArrayList<>();

    WorkedSamples(SiteHome lab, SiteHome centre, Path folder) throws IOException {
        this.lab = lab;
        this.centre = centre;
        this.folder = folder;
        this.hook = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    /** Before the sites start. */
    void install() throws Exception {
        KeyPair own = ecdsa();
        KeyPair servers = ecdsa();
        sftp.setHost("127.0.0.1");
        sftp.setKeyPairProvider(KeyPairProvider.wrap(servers));
        sftp.setPublickeyAuthenticator(
                (user, key, session) -> user.equals("instrument") && KeyUtils.compareKeys(key, own.getPublic()));
        sftp.setSubsystemFactories(List.of(new SftpSubsystemFactory()));
        Path served = Files.createDirectories(folder.resolve("sftp/outgoing"));
        sftp.setFileSystemFactory(new VirtualFileSystemFactory(served.getParent()));
        Files.writeString(served.resolve("plate 3.xml"), "<plate/>");
        sftp.start();
        hook.createContext("/hook", exchange -> {
            posted.add(exchange.getRequestMethod() + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        hook.start();
        HomeMaker.set(
                lab,
                Map.of(
                        "my.smtp",
                        "127.0.0.1:" + mail.port(),
                        "my.mail-from",
                        "saddlebag@example.org",
                        "my.mail-to",
                        "on-call@example.org",
                        "my.sftp-host",
                        "127.0.0.1",
                        "my.sftp-port",
                        Integer.toString(sftp.getPort()),
                        "my.sftp-user",
                        "instrument",
                        "my.hook",
                        "http://127.0.0.1:" + hook.getAddress().getPort() + "/hook"));
        trust(own, servers.getPublic());
        copy(JARS, Files.createDirectories(lab.lib()));
        for (String sample : List.of("sftp-source", "by-file-type", "fastq-dicom", "alert-hook", "alert-mail")) {
            install(sample, lab);
        }
        install("received-list", centre);
    }

    private static KeyPair ecdsa() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return generator.generateKeyPair();
    }

    private void trust(KeyPair own, PublicKey server) throws Exception {
        Path keys = Files.createDirectories(lab.resolve("sftp"));
        try (OutputStream out = Files.newOutputStream(keys.resolve("id"))) {
            OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(own, "", null, out);
        }
        Files.setPosixFilePermissions(keys.resolve("id"), PosixFilePermissions.fromString("rw-------"));
        Files.writeString(
                keys.resolve("known_hosts"),
                "[127.0.0.1]:" + sftp.getPort() + " " + PublicKeyEntry.toString(server) + "\n");
    }

    /** As it is, but that it reaches the one centre where no other example empties the outbox. */
    private static void install(String sample, SiteHome home) throws IOException {
        String file = sample + ".camel.yaml";
        Files.writeString(
                home.routes().resolve(file),
                Files.readString(ROUTES.resolve(file)).replace("\"CA-RC\"", "\"SF-RC\""));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    /** Under running sites: one of the routes comes only now. */
    void dropFiles() throws Exception {
        tellOfAnAlert();
        Files.writeString(lab.routes().resolve("late.camel.yaml"), """
                - templatedRoute:
                    routeTemplateRef: drop-folder
                    routeId: late
                    parameters:
                      - {name: directory, value: "drop/late"}
                      - {name: recipients, value: "SF-RC"}
                      - {name: naming, value: assign}
                      - {name: type, value: LATE}
                """);
        drop("drop/late", "late.txt");
        drop("drop/mixed", "results.csv");
        drop("drop/mixed", "letter.pdf");
        drop("intake/run7", "sample_R1.fastq.gz");
        drop("intake/series1", "IM000001");
        drop("intake", "notes.doc");
        drop("drop/mixed", "song.mp3");
    }

    /** As a site with the setting {@code alerts.command} does. */
    private void tellOfAnAlert() throws Exception {
        Process program = new ProcessBuilder(
                        ROUTES.resolveSibling("alert-to-file").toString(),
                        lab.resolve("alerts").toString())
                .inheritIO()
                .redirectInput(ProcessBuilder.Redirect.PIPE)
                .start();
        try (OutputStream in = program.getOutputStream()) {
            in.write("{\"alerts\":[{\"state\":\"begins\",\"name\":\"LinkDown\"}]}".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(program.waitFor()).isZero();
    }

    private void drop(String into, String name) throws IOException {
        Path target = Files.createDirectories(lab.resolve(into));
        Files.move(Files.writeString(folder.resolve("hidden sample"), name), target.resolve(name));
    }

    void requireOutcome() throws IOException {
        assertThat(RunningScenario.filesBelow(centre.resolve("outbox/FL-LAB")).stream()
                        .filter(name -> name.matches("FL-LAB_(SFT|TAB|RPT|SEQ|DCM|LATE)_\\d{8}_001([.].*)?"))
                        .map(name -> name.replaceFirst("_\\d{8}_001", "")))
                .contains(
                        "FL-LAB_SFT.xml",
                        "FL-LAB_TAB.csv",
                        "FL-LAB_RPT.pdf",
                        "FL-LAB_SEQ.gz",
                        "FL-LAB_DCM",
                        "FL-LAB_DCM.done",
                        "FL-LAB_LATE.txt",
                        "FL-LAB_SFT.done");
        assertThat(centre.resolve("import/received.csv"))
                .content()
                .matches("(?s)(FL-LAB,FL-LAB_[A-Z]+_\\d{8}_\\d{3},[0-9a-f]{64}\n)+");
        assertThat(RunningScenario.filesBelow(lab.resolve("intake-unknown"))).containsExactly("notes.doc");
        assertThat(posted).singleElement().asString().startsWith("POST {").contains("song.mp3", "bad-name");
        assertThat(mail.mails())
                .singleElement()
                .asString()
                .contains("To: on-call@example.org", "Subject: Saddlebag alert", "\"name\":\"LinkDown\"");
        assertThat(RunningScenario.filesBelow(lab.resolve("alerts"))).isEmpty();
        assertThat(link.from(Level.INFO)).noneMatch(line -> line.startsWith("site=FL-LAB disconnected"));
        assertThat(RunningScenario.filesBelow(folder.resolve("sftp"))).containsExactly("outgoing/.taken/plate 3.xml");
    }

    @Override
    public void close() throws IOException {
        link.close();
        sftp.stop();
        hook.stop(0);
        mail.close();
    }
}
