package io.saddlebag.lab.outgoing;

import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.tree.FolderTar;
import io.saddlebag.files.tree.FolderWalk;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.lab.bag.BagCheck;
import io.saddlebag.lab.keys.FindRecipientKeys;
import io.saddlebag.lab.message.LabExchange;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.records.LabFolders;
import io.saddlebag.message.FolderFacts;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Message;
import io.saddlebag.message.Refusal;
import io.saddlebag.seal.MessageSealer;
import io.saddlebag.seal.SealedFacts;
import io.saddlebag.seal.SenderBinding;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Writes the sealed message, whole and synced, beside the content in the work folder; a small one is kept for the journal. */
public final class SealContent implements Processor {
    private static final String FACTS = "sealedFacts";
    /** What a seal adds for a few recipients, in bytes. */
    private static final int ROOM = 2 * 1024;

    private final MessageSealer sealer;
    private final SiteIdentity identity;
    private final LabFolders folders;

    public SealContent(MessageSealer sealer, SiteIdentity identity, LabFolders folders) {
        this.sealer = Objects.requireNonNull(sealer, "sealer");
        this.identity = Objects.requireNonNull(identity, "identity");
        this.folders = Objects.requireNonNull(folders, "folders");
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        folders.requireWork();
        OutgoingMessage message = LabExchange.outgoing(exchange);
        List<String> recipients = FindRecipientKeys.keys(exchange).values().stream()
                .map(KeyBundle.Key::recipient)
                .toList();
        SenderBinding binding = new SenderBinding(
                identity.trust().networkId(), message.messageId(), identity.site(), identity.signingFingerprint());
        AtomicReference<SealedFacts> facts = new AtomicReference<>();
        Message header = header(message);
        byte[] held = LabExchange.content(exchange);
        try (InputStream content =
                held == null ? FolderTar.open(folders.content(message.messageId())) : new ByteArrayInputStream(held)) {
            AtomicFiles.Content sealing = out -> facts.set(sealer.seal(header, content, recipients, binding, out));
            if (held == null) {
                AtomicFiles.replace(folders.sealed(message.messageId()), sealing);
            } else {
                ByteArrayOutputStream sealed = new ByteArrayOutputStream(held.length + ROOM);
                sealing.writeTo(sealed);
                LabExchange.sealed(exchange, sealed.toByteArray());
                LabExchange.content(exchange, null);
            }
        } catch (Refusal e) {
            folders.requireUnchanged(message.messageId(), message.claim());
            throw e;
        }
        folders.requireUnchanged(message.messageId(), message.claim());
        Failpoint.LAB_SEALED.reached();
        exchange.setProperty(FACTS, facts.get());
    }

    private Message header(OutgoingMessage message) throws IOException {
        return new Message(
                message.messageId(),
                identity.site(),
                message.claim().sentTimestamp(),
                Message.ATTACHED,
                message.claim().fileName(),
                message.claim().contentType(),
                message.size(),
                message.sha256(),
                message.mayBeFolder() ? folderFacts(folders.content(message.messageId())) : null);
    }

    /** Null for a file. Counted anew: were the folder another by now, its digest would be too. */
    private static FolderFacts folderFacts(Path content) throws IOException {
        if (!Files.isDirectory(content, LinkOption.NOFOLLOW_LINKS)) {
            return null;
        }
        FolderWalk walk = FolderWalk.through(content);
        return new FolderFacts(walk.files(), walk.bytes(), BagCheck.isBag(content));
    }

    static SealedFacts facts(Exchange exchange) {
        return exchange.getProperty(FACTS, SealedFacts.class);
    }
}
