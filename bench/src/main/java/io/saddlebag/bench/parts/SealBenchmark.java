package io.saddlebag.bench.parts;

import io.saddlebag.message.Message;
import io.saddlebag.message.ReceiptSecret;
import io.saddlebag.message.Sha256;
import io.saddlebag.seal.AgeIdentity;
import io.saddlebag.seal.CryptoProviders;
import io.saddlebag.seal.MessageOpener;
import io.saddlebag.seal.MessageSealer;
import io.saddlebag.seal.SenderBinding;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** A file in memory sealed for one centre, and opened there: age, digests and the checks of both ends. */
@State(Scope.Benchmark)
public class SealBenchmark {
    @Param({"1024", "1048576"})
    public int size;

    /** Sealed for age's hybrid of ML-KEM-768 and X25519, or for X25519 alone. */
    @Param({"false", "true"})
    public boolean postQuantum;

    private final SenderBinding binding = new SenderBinding(
            Sha256.of(new byte[] {1}), BenchedLab.messageId(1), BenchedLab.LAB, Sha256.of(new byte[] {2}));
    private final MessageSealer sealer = new MessageSealer(CryptoProviders.choose());
    private final MessageOpener opener = new MessageOpener(CryptoProviders.choose());

    private AgeIdentity centre;
    private byte[] content;
    private Message header;
    private byte[] sealed;

    @Setup
    public void begin() throws IOException {
        centre = postQuantum ? AgeIdentity.generatePostQuantum() : AgeIdentity.generate();
        content = BenchedLab.randomBytes(size);
        header = new Message(
                BenchedLab.messageId(1),
                BenchedLab.LAB,
                BenchedLab.SENT,
                Message.ATTACHED,
                "bench.bin",
                "application/octet-stream",
                size,
                Sha256.of(content),
                ReceiptSecret.of(new byte[ReceiptSecret.LENGTH]));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        sealTo(out);
        sealed = out.toByteArray();
    }

    private MessageSealer.Sealed sealTo(OutputStream out) throws IOException {
        return sealer.seal(header, new ByteArrayInputStream(content), List.of(centre.recipient()), binding, out);
    }

    @Benchmark
    public MessageSealer.Sealed seal() throws IOException {
        return sealTo(OutputStream.nullOutputStream());
    }

    @Benchmark
    public Message open(Blackhole hole) throws IOException {
        return opener.open(
                new ByteArrayInputStream(sealed),
                List.of(centre),
                binding,
                (bytes, offset, length) -> hole.consume(bytes[offset]));
    }
}
