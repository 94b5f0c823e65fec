package io.saddlebag.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.exceptionfactory.jagged.RecipientStanzaWriter;
import io.saddlebag.message.Json;
import io.saddlebag.message.Message;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageOpenerTest {
    private static final SenderBinding BINDING = Samples.BINDING;

    private final CryptoProviders providers = CryptoProviders.choose();
    private final MessageOpener opener = new MessageOpener(providers);
    private final AgeIdentity centre = AgeIdentity.generate();
    private final byte[] content = Samples.content(150_000);
    private final ByteArrayOutputStream opened = new ByteArrayOutputStream();

    private byte[] sealed() throws IOException {
        ByteArrayOutputStream sealed = new ByteArrayOutputStream();
        new MessageSealer(providers)
                .seal(
                        Samples.message(content),
                        new ByteArrayInputStream(content),
                        List.of(centre.recipient()),
                        BINDING,
                        sealed);
        return sealed.toByteArray();
    }

    /** Seals any plaintext with any stanzas, as a sender that keeps no rule could. */
    private byte[] sealedBy(RecipientStanzaWriter stanzas, byte[]... plain) throws IOException {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : plain) {
            joined.write(part);
        }
        ByteArrayOutputStream sealed = new ByteArrayOutputStream();
        new AgeWriter(providers)
                .write(
                        new ByteArrayInputStream(joined.toByteArray()),
                        List.of(centre.recipient()),
                        List.of(stanzas),
                        sealed);
        return sealed.toByteArray();
    }

    private Message open(byte[] sealed) throws IOException {
        return opener.open(new ByteArrayInputStream(sealed), List.of(centre), BINDING, opened::write);
    }

    private void assertRefused(Refusal.Code code, byte[] sealed) {
        assertThatThrownBy(() -> open(sealed))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    private static byte[] line(Message message) {
        return (new String(Json.write(message), StandardCharsets.UTF_8) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void opensWithTheSecondOfItsKeys() throws IOException {
        opener.open(
                new ByteArrayInputStream(sealed()), List.of(AgeIdentity.generate(), centre), BINDING, opened::write);

        assertThat(opened.toByteArray()).isEqualTo(content);
    }

    @Test
    void refusesWhatIsSealedForAnother() throws IOException {
        byte[] sealed = sealed();

        assertThatThrownBy(() -> opener.open(
                        new ByteArrayInputStream(sealed), List.of(AgeIdentity.generate()), BINDING, opened::write))
                .isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> opener.open(new ByteArrayInputStream(sealed), List.of(), BINDING, opened::write))
                .isInstanceOf(Refusal.class);
        assertThat(opened.size()).isZero();
    }

    @Test
    void refusesASealWithoutTheContextStanza() throws IOException {
        assertRefused(Refusal.Code.BAD_SEAL, sealedBy(fileKey -> List.of(), line(Samples.message(content)), content));
        assertThat(opened.size()).isZero();
    }

    @Test
    void refusesASealWithTheContextStanzaTwice() throws IOException {
        var stanza = new ContextStanza(BINDING.stanzaArgument());

        assertRefused(
                Refusal.Code.BAD_SEAL,
                sealedBy(fileKey -> List.of(stanza, stanza), line(Samples.message(content)), content));
    }

    @Test
    void refusesASealWithAnotherContextBesideTheRightOne() throws IOException {
        var right = new ContextStanza(BINDING.stanzaArgument());
        var wrong = new ContextStanza("A".repeat(43));

        assertRefused(
                Refusal.Code.BAD_SEAL,
                sealedBy(fileKey -> List.of(right, wrong), line(Samples.message(content)), content));
    }

    @Test
    void refusesASealThatIsBoundToAnotherMessageSenderKeyOrNetwork() throws IOException {
        byte[] sealed = sealed();
        Sha256 other = Sha256.of(new byte[] {9});
        for (SenderBinding binding : List.of(
                new SenderBinding(other, BINDING.messageId(), BINDING.senderId(), BINDING.senderFingerprint()),
                new SenderBinding(
                        BINDING.networkId(),
                        MessageId.of("FL-LAB_DAT_20251008_002"),
                        BINDING.senderId(),
                        BINDING.senderFingerprint()),
                new SenderBinding(
                        BINDING.networkId(), BINDING.messageId(), SiteId.of("PA-LAB"), BINDING.senderFingerprint()),
                new SenderBinding(BINDING.networkId(), BINDING.messageId(), BINDING.senderId(), other))) {
            assertThatThrownBy(() ->
                            opener.open(new ByteArrayInputStream(sealed), List.of(centre), binding, opened::write))
                    .isInstanceOfSatisfying(
                            Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.BAD_SEAL))
                    .hasMessageContaining("saddlebag/ctx");
        }
        assertThat(opened.size()).isZero();
    }

    @Test
    void refusesAnotherMessageInsideTheSealThanOutside() throws IOException {
        Message inside = new Message(
                MessageId.of("FL-LAB_DAT_20251008_002"),
                Samples.LAB,
                Samples.message(content).sentTimestamp(),
                Message.ATTACHED,
                "x",
                "text/csv",
                content.length,
                Sha256.of(content),
                Samples.message(content).receiptSecret());

        assertRefused(Refusal.Code.BAD_SEAL, sealedBy(ContextStanza.writer(BINDING), line(inside), content));
        assertThat(opened.size()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "\n", "{}\n", "null\n", "[1]\n", "{\"message_id\":\"FL-LAB_DAT_20251008_001\"}\n", "no line"
            })
    void refusesAPlaintextThatIsNotAMessage(String plain) throws IOException {
        assertRefused(
                Refusal.Code.BAD_SEAL, sealedBy(ContextStanza.writer(BINDING), plain.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void refusesALineWithoutAnEnd() throws IOException {
        byte[] endless = new byte[MessageSealer.MAX_LINE + 1];
        Arrays.fill(endless, (byte) ' ');
        endless[endless.length - 1] = '\n';

        assertRefused(Refusal.Code.BAD_SEAL, sealedBy(ContextStanza.writer(BINDING), endless));
    }

    @Test
    void refusesLessContentThanTheMessageNames() throws IOException {
        assertRefused(
                Refusal.Code.BAD_DIGEST,
                sealedBy(
                        ContextStanza.writer(BINDING),
                        line(Samples.message(content)),
                        Arrays.copyOf(content, content.length - 1)));
    }

    @Test
    void refusesMoreContentThanTheMessageNamesAndWritesNoneOfTheSurplus() throws IOException {
        assertRefused(
                Refusal.Code.BAD_DIGEST,
                sealedBy(
                        ContextStanza.writer(BINDING),
                        line(Samples.message(content)),
                        content,
                        Samples.content(1_000_000)));
        assertThat(opened.size()).isLessThanOrEqualTo(content.length);
    }

    @Test
    void refusesOtherContentThanTheMessageNames() throws IOException {
        byte[] other = content.clone();
        other[70_000] ^= 1;

        assertRefused(
                Refusal.Code.BAD_DIGEST,
                sealedBy(ContextStanza.writer(BINDING), line(Samples.message(content)), other));
    }

    @Test
    void refusesTheFileCutAtAnyPlace() throws IOException {
        byte[] sealed = sealed();
        Random random = new Random(1);
        for (int round = 0; round < 300; round++) {
            int length = round < 100 ? round * 4 : random.nextInt(sealed.length);
            opened.reset();
            assertRefused(Refusal.Code.BAD_SEAL, Arrays.copyOf(sealed, length));
        }
    }

    @Test
    void refusesAnyBitFlippedAndWritesNothingThatWasNotSealed() throws IOException {
        byte[] sealed = sealed();
        Random random = new Random(2);
        for (int round = 0; round < 600; round++) {
            byte[] altered = sealed.clone();
            int at = round < 300 ? round : random.nextInt(altered.length);
            altered[at] ^= (byte) (1 << random.nextInt(8));
            opened.reset();

            Throwable failure = catchThrowable(() -> open(altered));

            assertThat(failure).as("bit flipped in byte %d", at).isInstanceOf(Refusal.class);
            assertThat(opened.toByteArray()).isEqualTo(Arrays.copyOf(content, opened.size()));
        }
    }

    @Test
    void refusesBytesBehindTheEnd() throws IOException {
        byte[] sealed = sealed();

        assertRefused(Refusal.Code.BAD_SEAL, Arrays.copyOf(sealed, sealed.length + 1));
    }

    /** The age library alone takes these for the same header, since it computes the code over its own rewriting. */
    @ParameterizedTest
    @ValueSource(strings = {"-> saddlebag/ctx $ARG \n", "->  saddlebag/ctx $ARG\n", "-> saddlebag/ctx  $ARG\n"})
    void refusesAHeaderRewrittenWithOtherSpaces(String rewritten) throws IOException {
        String argument = BINDING.stanzaArgument();
        String sealed = new String(sealed(), StandardCharsets.ISO_8859_1);
        String altered = sealed.replace("-> saddlebag/ctx " + argument + "\n", rewritten.replace("$ARG", argument));
        assertThat(altered).isNotEqualTo(sealed);

        assertRefused(Refusal.Code.BAD_SEAL, altered.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void refusesAnEndlessHeaderWithoutReadingOn() {
        long[] read = {0};
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                read[0]++;
                return 'a';
            }
        };
        InputStream header = new SequenceInputStream(
                new ByteArrayInputStream("age-encryption.org/v1\n-> ".getBytes(StandardCharsets.US_ASCII)), endless);

        assertThatThrownBy(() -> opener.open(header, List.of(centre), BINDING, opened::write))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("at most 131072 bytes");
        assertThat(read[0]).isLessThan(140_000);
    }

    @Test
    void tellsAFaultOfTheDiskFromAFaultOfTheSeal() throws IOException {
        byte[] sealed = sealed();
        InputStream failing = new SequenceInputStream(new ByteArrayInputStream(sealed, 0, 70_000), new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("the disk is gone");
            }
        });

        assertThatThrownBy(() -> opener.open(failing, List.of(centre), BINDING, opened::write))
                .isInstanceOf(IOException.class)
                .hasMessage("the disk is gone");
        assertThatThrownBy(() -> opener.open(
                        new ByteArrayInputStream(sealed), List.of(centre), BINDING, (bytes, offset, length) -> {
                            throw new IOException("no space left");
                        }))
                .isInstanceOf(IOException.class)
                .hasMessage("no space left");
    }
}
