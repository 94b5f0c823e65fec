package io.saddlebag.rc.deliver;

import io.saddlebag.files.EarlySync;
import io.saddlebag.files.access.Modes;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Message;
import io.saddlebag.message.Printable;
import io.saddlebag.rc.work.OpenedSeal;
import io.saddlebag.rc.work.WorkFolder;
import io.saddlebag.seal.AgeIdentity;
import io.saddlebag.seal.MessageOpener;
import io.saddlebag.seal.SenderBinding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decrypts sealed messages into files of the work folder, in constant memory. For any number of threads. */
public final class SealOpener {
    private static final Logger LOG = LoggerFactory.getLogger(SealOpener.class);

    private final MessageOpener opener;
    private final Supplier<List<AgeIdentity>> identities;
    private final WorkFolder work;
    private final long inlineLimit;

    /**
     * @param identities asked for each message, since keys come and end
     * @param inlineLimit a content of at most that many bytes is kept in memory too
     */
    public SealOpener(MessageOpener opener, Supplier<List<AgeIdentity>> identities, WorkFolder work, long inlineLimit) {
        this.opener = opener;
        this.identities = identities;
        this.work = work;
        this.inlineLimit = inlineLimit;
    }

    /**
     * Reads the sealed message to its end and does not close it. Leaves no file when it throws.
     *
     * @param manifest whose signature and recipients were verified
     * @return with a file that the caller owns
     * @throws io.saddlebag.message.Refusal as {@link MessageOpener#open}
     */
    OpenedSeal open(InputStream sealed, Manifest manifest) throws IOException {
        Path file = work.newFile();
        try {
            return open(sealed, manifest, file);
        } catch (IOException | RuntimeException | Error e) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException left) {
                LOG.warn("a work file stays until the next start: {}", Printable.reason(FaultText.of(left)));
            }
            throw e;
        }
    }

    private OpenedSeal open(InputStream sealed, Manifest manifest, Path file) throws IOException {
        SenderBinding binding = new SenderBinding(
                manifest.networkId(),
                manifest.messageId(),
                manifest.sender().id(),
                manifest.sender().fingerprint());
        ShortCopy copy = new ShortCopy(inlineLimit);
        try (FileChannel channel = FileChannel.open(
                        file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), Modes.SHARED_FILE);
                EarlySync early = new EarlySync(() -> channel.force(false))) {
            OutputStream out = early.through(Channels.newOutputStream(channel));
            Message message = opener.open(sealed, identities.get(), binding, (bytes, offset, length) -> {
                copy.write(bytes, offset, length);
                out.write(bytes, offset, length);
            });
            if (message.folder() == null) {
                early.finish();
                channel.force(true);
            }
            return new OpenedSeal(file, message, copy.whole());
        }
    }

    /** A copy of the content in memory, unless it is longer than the limit. */
    private static final class ShortCopy {
        private final long limit;
        private ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        ShortCopy(long limit) {
            this.limit = limit;
        }

        void write(byte[] from, int offset, int length) {
            if (bytes != null && bytes.size() + length <= limit) {
                bytes.write(from, offset, length);
            } else {
                bytes = null;
            }
        }

        /** Null when it is too long. */
        byte[] whole() {
            return bytes == null ? null : bytes.toByteArray();
        }
    }
}
