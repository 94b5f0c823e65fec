package io.saddlebag.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.message.Message;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageSealerTest {
    private final CryptoProviders providers = CryptoProviders.choose();
    private final MessageSealer sealer = new MessageSealer(providers);
    private final AgeIdentity centre = AgeIdentity.generate();

    private byte[] seal(Message message, byte[] content) throws IOException {
        ByteArrayOutputStream sealed = new ByteArrayOutputStream();
        sealer.seal(message, new ByteArrayInputStream(content), List.of(centre.recipient()), Samples.BINDING, sealed);
        return sealed.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1000, 65_535, 65_536, 65_537, 200_000})
    void sealsWhatTheOpenerOpens(int size) throws IOException {
        byte[] content = Samples.content(size);
        ByteArrayOutputStream opened = new ByteArrayOutputStream();

        Message message = new MessageOpener(providers)
                .open(
                        new ByteArrayInputStream(seal(Samples.message(content), content)),
                        List.of(centre),
                        Samples.BINDING,
                        opened::write);

        assertThat(message).isEqualTo(Samples.message(content));
        assertThat(opened.toByteArray()).isEqualTo(content);
    }

    @Test
    void sealsAContentThatFillsItsChunksToTheLastByte() throws IOException {
        int line = plain(seal(Samples.message(new byte[0]), new byte[0])).length;
        for (int chunks = 1; chunks <= 3; chunks++) {
            int size = chunks * AgePayload.CHUNK
                    - line
                    - Integer.toString(chunks * AgePayload.CHUNK).length()
                    + 1;
            byte[] content = Samples.content(size);

            byte[] plain = plain(seal(Samples.message(content), content));

            assertThat(plain).hasSize(chunks * AgePayload.CHUNK).endsWith(content);
        }
    }

    @Test
    void tellsSizeAndDigestOfTheSealedMessage() throws IOException {
        byte[] content = Samples.content(100_000);
        ByteArrayOutputStream sealed = new ByteArrayOutputStream();

        MessageSealer.Sealed facts = sealer.seal(
                Samples.message(content),
                new ByteArrayInputStream(content),
                List.of(centre.recipient()),
                Samples.BINDING,
                sealed);

        assertThat(facts).isEqualTo(new MessageSealer.Sealed(sealed.size(), Sha256.of(sealed.toByteArray())));
    }

    @Test
    void putsOneLineOfJsonBeforeTheContent() throws IOException {
        byte[] content = "a,b\n1,2\n".getBytes(StandardCharsets.US_ASCII);

        String plain = new String(plain(seal(Samples.message(content), content)), StandardCharsets.UTF_8);

        assertThat(plain)
                .isEqualTo("{\"message_id\":\"FL-LAB_DAT_20251008_001\",\"sender_id\":\"FL-LAB\","
                        + "\"sent_timestamp\":\"2025-10-08T09:00:00Z\",\"content_encoding\":\"attached\","
                        + "\"file_name\":\"FL-LAB_DAT_20251008_001.csv\",\"content_type\":\"text/csv\",\"size\":8,"
                        + "\"sha256\":\"" + Sha256.of(content) + "\",\"receipt_secret\":\"" + "A".repeat(43)
                        + "=\"}\na,b\n1,2\n");
    }

    private ByteArrayOutputStream sealedFor(List<AgeIdentity> centres, byte[] content) throws IOException {
        ByteArrayOutputStream sealed = new ByteArrayOutputStream();
        sealer.seal(
                Samples.message(content),
                new ByteArrayInputStream(content),
                centres.stream().map(AgeIdentity::recipient).toList(),
                Samples.BINDING,
                sealed);
        return sealed;
    }

    @Test
    void writesOneStanzaARecipientAndOneThatBindsTheSender() throws IOException {
        List<AgeIdentity> centres =
                IntStream.range(0, 64).mapToObj(i -> AgeIdentity.generate()).toList();
        byte[] content = Samples.content(10);
        ByteArrayOutputStream sealed = sealedFor(centres, content);

        String header = sealed.toString(StandardCharsets.ISO_8859_1);

        assertThat(header.split("-> X25519 ", -1)).hasSize(65);
        assertThat(header.split("-> saddlebag/ctx ", -1)).hasSize(2);
        assertThat(header).contains("\n-> saddlebag/ctx " + Samples.BINDING.stanzaArgument() + "\n\n---");
        for (AgeIdentity each : List.of(centres.get(0), centres.get(63))) {
            assertThat(new MessageOpener(providers)
                            .open(
                                    new ByteArrayInputStream(sealed.toByteArray()),
                                    List.of(each),
                                    Samples.BINDING,
                                    (bytes, offset, length) -> {}))
                    .isEqualTo(Samples.message(content));
        }
    }

    @Test
    void sealsForAsManyPostQuantumRecipientsAsAManifestNames() throws IOException {
        List<AgeIdentity> centres = IntStream.range(0, 64)
                .mapToObj(i -> AgeIdentity.generatePostQuantum())
                .toList();
        byte[] content = Samples.content(10);
        ByteArrayOutputStream sealed = sealedFor(centres, content);

        String header = sealed.toString(StandardCharsets.ISO_8859_1);

        assertThat(header.split("-> mlkem768x25519 ", -1)).hasSize(65);
        assertThat(header).doesNotContain("-> X25519").contains("-> saddlebag/ctx ");
        for (List<AgeIdentity> identities :
                List.of(List.of(centres.get(0)), List.of(centre, AgeIdentity.generatePostQuantum(), centres.get(63)))) {
            assertThat(new MessageOpener(providers)
                            .open(
                                    new ByteArrayInputStream(sealed.toByteArray()),
                                    identities,
                                    Samples.BINDING,
                                    (bytes, offset, length) -> {}))
                    .isEqualTo(Samples.message(content));
        }
    }

    /** One X25519 stanza would give the file key to a quantum computer (C2SP age; age calls it a label). */
    @Test
    void refusesToMixPostQuantumRecipientsWithOthers() {
        ByteArrayOutputStream sealed = new ByteArrayOutputStream();
        String hybrid = AgeIdentity.generatePostQuantum().recipient();
        for (List<String> both : List.of(
                List.of(centre.recipient(), hybrid),
                List.of(hybrid, centre.recipient()),
                List.of(hybrid, hybrid, centre.recipient()))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> sealer.seal(
                            Samples.message(new byte[0]),
                            new ByteArrayInputStream(new byte[0]),
                            both,
                            Samples.BINDING,
                            sealed))
                    .withMessageContaining("found both kinds");
        }
        assertThat(sealed.size()).isZero();
    }

    @Test
    void sealsTheSameMessageUnderNewKeysEachTime() throws IOException {
        byte[] content = Samples.content(10);

        assertThat(seal(Samples.message(content), content)).isNotEqualTo(seal(Samples.message(content), content));
    }

    @Test
    void leavesAFileThatOpensForNobodyWhenTheContentFails() {
        byte[] content = Samples.content(70_000);
        InputStream failing = new SequenceInputStream(new ByteArrayInputStream(content), new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("changed");
            }
        });
        ByteArrayOutputStream sealed = new ByteArrayOutputStream();

        assertThatThrownBy(() -> sealer.seal(
                        Samples.message(content), failing, List.of(centre.recipient()), Samples.BINDING, sealed))
                .hasMessage("changed");
        assertThatThrownBy(() -> plain(sealed.toByteArray())).isInstanceOf(Refusal.class);
    }

    @Test
    void refusesToSealUnderAnotherName() {
        SenderBinding other = new SenderBinding(
                Samples.BINDING.networkId(),
                MessageId.of("FL-LAB_DAT_20251008_002"),
                Samples.LAB,
                Samples.BINDING.senderFingerprint());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> sealer.seal(
                        Samples.message(new byte[0]),
                        new ByteArrayInputStream(new byte[0]),
                        List.of(centre.recipient()),
                        other,
                        OutputStream.nullOutputStream()))
                .withMessageContaining("FL-LAB_DAT_20251008_002");
    }

    @Test
    void refusesAFileNameThatDoesNotFitTheLine() {
        Message message = new Message(
                Samples.ID,
                Samples.LAB,
                Samples.message(new byte[0]).sentTimestamp(),
                Message.ATTACHED,
                "x".repeat(MessageSealer.MAX_LINE),
                "text/csv",
                0,
                Sha256.of(new byte[0]),
                Samples.message(new byte[0]).receiptSecret());

        assertThatThrownBy(() -> seal(message, new byte[0])).isInstanceOf(Refusal.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "age1", "ca_rc", "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq"})
    void refusesARecipientThatIsNotOne(String recipient) {
        ByteArrayOutputStream sealed = new ByteArrayOutputStream();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sealer.seal(
                        Samples.message(new byte[0]),
                        new ByteArrayInputStream(new byte[0]),
                        List.of(centre.recipient(), recipient),
                        Samples.BINDING,
                        sealed))
                .withMessageContaining("Expected an age recipient");
        assertThat(sealed.size()).isZero();
    }

    @Test
    void refusesToSealForNobody() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sealer.seal(
                        Samples.message(new byte[0]),
                        new ByteArrayInputStream(new byte[0]),
                        List.of(),
                        Samples.BINDING,
                        OutputStream.nullOutputStream()));
    }

    @Test
    void closesNeitherStream() throws IOException {
        byte[] content = Samples.content(10);
        boolean[] closed = new boolean[2];
        var in = new ByteArrayInputStream(content) {
            @Override
            public void close() {
                closed[0] = true;
            }
        };
        var out = new ByteArrayOutputStream() {
            @Override
            public void close() {
                closed[1] = true;
            }
        };

        sealer.seal(Samples.message(content), in, List.of(centre.recipient()), Samples.BINDING, out);

        assertThat(closed).containsOnly(false);
    }

    @Test
    void readsContentThatComesInDrops() throws IOException {
        byte[] content = Samples.content(150_000);
        Random random = new Random(7);
        var drops = new ByteArrayInputStream(content) {
            @Override
            public synchronized int read(byte[] bytes, int offset, int length) {
                return super.read(bytes, offset, Math.min(length, 1 + random.nextInt(3000)));
            }
        };
        ByteArrayOutputStream sealed = new ByteArrayOutputStream();

        sealer.seal(Samples.message(content), drops, List.of(centre.recipient()), Samples.BINDING, sealed);

        assertThat(plain(sealed.toByteArray())).endsWith(content);
    }

    private byte[] plain(byte[] sealed) throws IOException {
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        new AgeFile(providers).open(new ByteArrayInputStream(sealed), List.of(centre), plain);
        return plain.toByteArray();
    }
}
