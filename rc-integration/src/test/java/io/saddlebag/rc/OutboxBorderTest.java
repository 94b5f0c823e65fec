package io.saddlebag.rc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.saddlebag.files.tree.FolderTar;
import io.saddlebag.message.FolderFacts;
import io.saddlebag.rc.intake.QueueConsumer;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.AnotherUser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A whole centre whose readers may write in its outbox and put links there. */
class OutboxBorderTest {
    private static final String ID = "FL-LAB_DAT_20251008_001";

    @TempDir
    private Path folder;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private Centre centre;
    private Path outbox;

    @BeforeEach
    void makeCentre() throws Exception {
        centre = new Centre(Files.createDirectory(folder.resolve("network")));
        outbox = centre.home.folder().resolve("outbox");
        log.start();
        logger().addAppender(log);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(QueueConsumer.class);
    }

    @AfterEach
    void close() {
        logger().detachAppender(log);
        centre.close();
    }

    private List<String> errors() {
        return List.copyOf(log.list).stream()
                .filter(event -> event.getLevel() == Level.ERROR)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    private List<String> routes() throws IOException {
        try (Stream<Path> files = Files.list(centre.home.routes())) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private Letters.Letter letter(String fileName) throws Exception {
        return centre.letters.letter(ID, fileName, "content".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void takesNothingWhileASendersFolderIsALinkAndGoesOnByItself() throws Exception {
        Path link = Files.createSymbolicLink(Files.createDirectory(outbox).resolve("FL-LAB"), centre.home.routes());
        centre.start();
        Letters.Letter letter = letter(ID + ".yaml");
        centre.letters.frames(letter).forEach(centre.connection()::send);

        centre.frame(StompCommand.UNSUBSCRIBE, 1);
        Awaitility.await().until(() -> !errors().isEmpty());
        assertThat(errors())
                .singleElement()
                .asString()
                .contains("takes no deliveries now", link + ": expected a folder of this site, found a link");
        assertThat(centre.frames(StompCommand.NACK)).isEmpty();
        assertThat(routes()).containsExactly("outbox.camel.yaml");

        Files.delete(link);
        centre.frame(StompCommand.SUBSCRIBE, 2);
        assertThat(centre.deliver(letter).command()).isEqualTo(StompCommand.ACK);
        assertThat(centre.outbox(ID + ".yaml")).hasContent("content");
    }

    @Test
    void takesNoFolderWhileItsStagingFolderIsALink() throws Exception {
        Files.createSymbolicLink(Files.createDirectory(outbox).resolve(".saddlebag-staging"), centre.home.routes());
        Path sent = Files.createDirectory(folder.resolve("sent"));
        Files.writeString(sent.resolve("a.camel.yaml"), "[]");
        byte[] tar;
        try (InputStream in = FolderTar.open(sent)) {
            tar = in.readAllBytes();
        }
        centre.start();
        centre.letters
                .frames(centre.letters.letter(ID, ID, tar, new FolderFacts(1, 2, false)))
                .forEach(centre.connection()::send);

        centre.frame(StompCommand.UNSUBSCRIBE, 1);
        assertThat(routes()).containsExactly("outbox.camel.yaml");
        assertThat(centre.frames(StompCommand.NACK)).isEmpty();
    }

    @Test
    void refusesAPayloadThatWouldBeARoute() throws Exception {
        centre.start();

        StompFrame answer = centre.deliver(letter(ID + ".Camel.yaml"));

        assertThat(answer.command()).isEqualTo(StompCommand.NACK);
        assertThat(answer.header(Headers.REASON)).isEqualTo("bad-name");
        assertThat(outbox.resolve("FL-LAB")).doesNotExist();
    }

    @Test
    void doesNotStartWithAnOutboxInWhichReadersCanExchangeFolders() throws Exception {
        Files.createDirectory(outbox);
        Files.setPosixFilePermissions(outbox, PosixFilePermissions.fromString("rwxrwx---"));

        assertThatThrownBy(centre::start)
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining("chmod 3770 " + outbox.toRealPath());
    }

    @Test
    void doesNotStartWithARouteThatTheGroupMayWrite() throws Exception {
        Path route = centre.home.routes().resolve("outbox.camel.yaml");
        Files.setPosixFilePermissions(route, PosixFilePermissions.fromString("rw-rw-r--"));

        assertThatThrownBy(centre::start)
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining("chmod go-w " + route.toRealPath());
    }

    @Test
    void letsReadersTakeFilesAwayWhateverItsUmask() throws Exception {
        AnotherUser reader = AnotherUser.require();
        reader.share(Files.createDirectory(outbox), 03770);
        for (Path above = outbox.getParent(); above.startsWith(folder); above = above.getParent()) {
            Files.setPosixFilePermissions(above, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        centre.start();
        assertThat(centre.deliver(letter(ID + ".csv")).command()).isEqualTo(StompCommand.ACK);

        assertThat(reader.run(
                        "cat \"$1\" && rm \"$1\" && touch \"$2\"",
                        centre.outbox(ID + ".csv"),
                        centre.outbox(ID + ".done")))
                .satisfies(outcome ->
                        assertThat(outcome.isDone()).as(outcome.said()).isTrue());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(centre.outbox(ID + ".message.json"))))
                .isEqualTo("rw-r-----");
    }
}
