package io.saddlebag.lab.outgoing;

import io.saddlebag.check.CheckRun;
import io.saddlebag.check.HomeChecks;
import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.tree.FolderTar;
import io.saddlebag.files.tree.FolderWalk;
import io.saddlebag.identity.CurrentIdentity;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.lab.bag.BagCheck;
import io.saddlebag.lab.message.ContentDigest;
import io.saddlebag.lab.message.OutgoingContext;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.message.RouteTerms;
import io.saddlebag.lab.records.LabFolders;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.log.ProgressLog;
import io.saddlebag.log.WorkUnderWay;
import io.saddlebag.message.FolderFacts;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Message;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import io.saddlebag.seal.MessageSealer;
import io.saddlebag.seal.SenderBinding;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps that make a sealed message of a claimed file, before {@link ManifestSteps}. */
public final class SealSteps {
    private static final Logger LOG = LoggerFactory.getLogger(SealSteps.class);
    /** The bytes that a seal adds for a few recipients. */
    private static final int ROOM = 2 * 1024;

    private final LabJournal journal;
    private final LabFolders folders;
    private final BagCheck bags;
    private final HomeChecks checks;
    private final Supplier<Map<String, RouteTerms>> terms;
    private final MessageSealer sealer;
    private final CurrentIdentity identity;
    private final WorkUnderWay underWay;

    /** @param terms by route id, of those routes that ask for something */
    public SealSteps(
            LabJournal journal,
            LabFolders folders,
            BagCheck bags,
            HomeChecks checks,
            Supplier<Map<String, RouteTerms>> terms,
            MessageSealer sealer,
            CurrentIdentity identity,
            WorkUnderWay underWay) {
        this.journal = journal;
        this.folders = folders;
        this.bags = bags;
        this.checks = checks;
        this.terms = terms;
        this.sealer = sealer;
        this.identity = identity;
        this.underWay = underWay;
    }

    /**
     * Computes the content's size and digest, which the seal carries and a second drop is judged by, and makes the checks
     * of the route in the same pass. The seal compares the digest again, so that it holds exactly the checked content.
     */
    public void digest(Exchange exchange) throws IOException {
        OutgoingContext outgoing = OutgoingContext.of(exchange);
        OutgoingMessage message = outgoing.message();
        folders.leaveFormerName(journal, message);
        ContentDigest content = digest(outgoing, message);
        if (outgoing.content() == null || message.mayBeFolder()) {
            // A file that is held is compared once, when it is sealed.
            folders.requireUnchanged(message);
        }
        outgoing.digested(content);
        OutgoingContext.message(exchange, message.digested(content));
    }

    private ContentDigest digest(OutgoingContext outgoing, OutgoingMessage message) throws IOException {
        Path file = folders.content(message.messageId());
        try (InputStream in = message.mayBeFolder() ? FolderTar.open(file) : FolderTar.openFile(file);
                CheckRun run = checks(message, file)) {
            if (!message.isSmall()) {
                ProgressLog progress = underWay.begin(message.named(), "reading", message.size());
                return ContentDigest.of(progress.counting(in), message.size(), run);
            }
            // Reads one byte more than expected, so that the size shows a file that has grown.
            byte[] content = in.readNBytes((int) message.size() + 1);
            run.update(content, 0, content.length);
            run.end();
            outgoing.content(content);
            return ContentDigest.of(content);
        } catch (Refusal e) {
            if (e.code() == Refusal.Code.BAD_CONTENT) {
                // A file that somebody still writes to goes back, whatever the check found in it.
                folders.requireUnchanged(message);
            }
            throw e;
        } catch (NoSuchFileException e) {
            folders.requireWork();
            throw folders.failed()
                    .refusalOf(message)
                    .orElseGet(() -> new Refusal(
                            Refusal.Code.BAD_FILE,
                            "Expected the claimed file at " + e.getFile()
                                    + ", found nothing: somebody took it out of the work folder. Drop the file again",
                            e));
        }
    }

    private CheckRun checks(OutgoingMessage message, Path file) throws IOException {
        String check = RouteTerms.of(message, terms.get()).check();
        if (check == null) {
            return CheckRun.NONE;
        }
        boolean isFolder = message.mayBeFolder() && Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
        return checks.begin(check, message.claim().fileName(), isFolder, message.size());
    }

    /**
     * Verifies a claimed folder that is a BagIt bag, between its digest and its seal. The seal compares the content
     * once more, so that it holds exactly what was verified.
     */
    public void checkBag(Exchange exchange) throws IOException {
        OutgoingMessage message = OutgoingContext.message(exchange);
        Path content = folders.content(message.messageId());
        if (!message.mayBeFolder() || !BagCheck.isBag(content)) {
            return;
        }
        try {
            bags.verify(content);
        } catch (Refusal e) {
            folders.requireUnchanged(message);
            throw e;
        }
        LOG.info("{}: a bag, complete and valid", message.named());
    }

    /** Writes the sealed message, whole and synced, into the work folder; keeps a small one in memory for the journal. */
    public void seal(Exchange exchange) throws IOException {
        folders.requireWork();
        OutgoingContext outgoing = OutgoingContext.of(exchange);
        OutgoingMessage message = outgoing.message();
        List<String> recipients =
                outgoing.keys().values().stream().map(KeyBundle.Key::recipient).toList();
        SiteIdentity signer = identity.now();
        SenderBinding binding = new SenderBinding(
                signer.trust().networkId(), message.messageId(), signer.site(), signer.signingFingerprint());
        AtomicReference<MessageSealer.Sealed> facts = new AtomicReference<>();
        Message header = header(message, signer.site());
        byte[] held = outgoing.content();
        byte[] inMemory = null;
        try (InputStream content = held == null ? again(outgoing) : new ByteArrayInputStream(held)) {
            AtomicFiles.Content sealing = out -> facts.set(sealer.seal(header, content, recipients, binding, out));
            if (held == null) {
                AtomicFiles.replace(folders.sealed(message.messageId()), sealing);
            } else {
                ByteArrayOutputStream sealed = new ByteArrayOutputStream(held.length + ROOM);
                sealing.writeTo(sealed);
                inMemory = sealed.toByteArray();
            }
        } catch (Refusal e) {
            folders.requireUnchanged(message);
            throw e;
        }
        folders.requireUnchanged(message);
        Failpoint.LAB_SEALED.reached();
        outgoing.sealed(facts.get(), inMemory, signer);
    }

    /** The content that was digested, compared with that while it is read. */
    private InputStream again(OutgoingContext outgoing) throws IOException {
        OutgoingMessage message = outgoing.message();
        ProgressLog progress = underWay.begin(message.named(), "sealing", message.size());
        return outgoing.digested()
                .again(progress.counting(FolderTar.open(folders.content(message.messageId()))), message.named());
    }

    private Message header(OutgoingMessage message, SiteId site) throws IOException {
        return new Message(
                message.messageId(),
                site,
                message.claim().sentTimestamp(),
                Message.ATTACHED,
                message.claim().fileName(),
                message.claim().contentType(),
                message.size(),
                message.sha256(),
                message.claim().receiptSecret(),
                message.mayBeFolder() ? folderFacts(folders.content(message.messageId())) : null,
                journal.received().ended(message.claim().recipients()));
    }

    /** Null for a file. Counted anew, because a folder that changed since has another digest too. */
    private static FolderFacts folderFacts(Path content) throws IOException {
        if (!Files.isDirectory(content, LinkOption.NOFOLLOW_LINKS)) {
            return null;
        }
        FolderWalk walk = FolderWalk.through(content);
        return new FolderFacts(walk.files(), walk.bytes(), BagCheck.isBag(content));
    }
}
