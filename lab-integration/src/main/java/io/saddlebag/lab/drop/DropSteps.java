package io.saddlebag.lab.drop;

import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.files.DroppedName;
import io.saddlebag.files.SecondName;
import io.saddlebag.files.tree.FolderLimits;
import io.saddlebag.files.tree.FolderWalk;
import io.saddlebag.journal.AfterCommit;
import io.saddlebag.lab.bag.BagCheck;
import io.saddlebag.lab.claim.Dropped;
import io.saddlebag.lab.message.ContentDigest;
import io.saddlebag.lab.message.DropContext;
import io.saddlebag.lab.message.FileLook;
import io.saddlebag.lab.message.OutgoingContext;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.records.EarlierDrops;
import io.saddlebag.lab.records.LabFolders;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.message.Message;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.ReceiptSecret;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps that judge a claimed file, by itself and against the journal, and make it a message. {@link ClaimSteps} claims
 * it before.
 */
public final class DropSteps {
    /** The exchange property with a regular expression of the names that a folder takes; absent for every name. */
    public static final String TAKEN = "taken";

    static final String NEW = "new";
    static final String DUPLICATE = "duplicate";

    private static final Logger LOG = LoggerFactory.getLogger(DropSteps.class);

    private final SiteId own;
    private final FolderLimits limits;
    private final LabJournal journal;
    private final LabFolders folders;
    private final ClaimsUnderWay claims = new ClaimsUnderWay();
    private final LongConsumer appeared;
    private final AfterCommit afterCommit;
    private final Clock clock;
    private final EarlierDrops earlierDrops;

    /** @param appeared takes the number of each new message in the journal */
    public DropSteps(
            SiteId own,
            FolderLimits limits,
            LabJournal journal,
            LabFolders folders,
            LongConsumer appeared,
            AfterCommit afterCommit,
            Clock clock) {
        this.own = own;
        this.limits = limits;
        this.journal = journal;
        this.folders = folders;
        this.appeared = appeared;
        this.afterCommit = afterCommit;
        this.clock = clock;
        this.earlierDrops = new EarlierDrops(journal, folders);
    }

    /**
     * Refuses a claimed file that is neither file nor folder, cannot be read, or whose name can neither become a
     * message_id of this site nor travel under an assigned one. Reads nothing of it.
     */
    public void judge(Exchange exchange) throws IOException {
        DropContext drop = DropContext.of(exchange);
        Path file = drop.dropped().claim();
        BasicFileAttributes attributes =
                Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        String fileName = drop.dropped().name();
        boolean assigns = DropContext.ASSIGN.equals(exchange.getProperty(DropContext.NAMING, String.class));
        try {
            drop.named(assigns ? DroppedName.judgeAny(fileName, own) : DroppedName.judge(fileName, own));
        } catch (Refusal e) {
            throw withProposal(e, fileName, exchange.getProperty(TAKEN, String.class));
        }
        if (attributes.isDirectory()) {
            judgeFolder(drop.dropped());
            drop.looked(FileLook.of(file));
            exchange.setProperty(DropContext.CONTENT_TYPE, Message.TAR);
            return;
        }
        drop.looked(FileLook.of(attributes));
        if (!attributes.isRegularFile()) {
            throw badFile(
                    "regular file", attributes.isSymbolicLink() ? "symbolic link" : "device, pipe or socket", fileName);
        }
        if (!Files.isReadable(file)) {
            throw badFile("file that this site may read", "file that it may not", fileName);
        }
        SecondName.requireNone(file, fileName);
    }

    /** The reason in this laboratory's own words: the name that the file could have. */
    private Refusal withProposal(Refusal refusal, String fileName, String taken) {
        int end = refusal.reason().indexOf(DroppedName.RENAME);
        Optional<String> proposal = proposal(fileName, taken);
        if (end < 0 || proposal.isEmpty()) {
            return refusal;
        }
        String tail = refusal.reason().substring(end + DroppedName.RENAME.length());
        return new Refusal(
                refusal.code(),
                refusal.reason().substring(0, end) + ". Rename it to " + proposal.get() + " and drop it again" + tail,
                refusal);
    }

    private Optional<String> proposal(String fileName, String taken) {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        return ProposedName.of(
                fileName, own, taken, today, id -> journal.find(id).isPresent());
    }

    private void judgeFolder(Dropped folder) throws IOException {
        new FolderWalk(folder.claim(), limits).toEnd();
        boolean isToBeABag = folder.root().lookForMarker(folder.bagMarker()) != null;
        if (isToBeABag && !BagCheck.isBag(folder.claim())) {
            throw new Refusal(
                    Refusal.Code.BAD_FILE,
                    "Expected a BagIt bag, since a marker "
                            + Printable.of(folder.bagMarker().getFileName().toString())
                            + " stood beside it, found no bagit.txt in it. Make it a bag, or use the marker .ready");
        }
    }

    private static Refusal badFile(String expected, String found, String fileName) {
        return new Refusal(
                Refusal.Code.BAD_FILE,
                "Expected a " + expected + ", found a " + found + " named '" + Printable.of(fileName)
                        + "'. Drop the file itself, readable for the user that runs this site");
    }

    /**
     * Judges a drop against the journal: new, or a duplicate of an earlier claim under its message_id. Other bytes
     * under the same id are refused. An id whose file failed is free again, so that a corrected file can be dropped.
     *
     * <p>A file whose name is no message_id is a duplicate when the same bytes were claimed before under the same name;
     * when those failed, it gets their id back.
     */
    public void compareWithEarlier(Exchange exchange) throws IOException {
        DropContext drop = DropContext.of(exchange);
        DroppedName name = drop.name();
        claims.awaitThoseOf(name);
        Optional<OutgoingMessage> earlier = name.messageId() == null ? sameDrop(drop) : journal.find(name.messageId());
        if (earlier.isPresent()) {
            earlierDrops.requireAtRest(earlier.get());
        }
        if (earlier.isPresent() && name.messageId() == null) {
            drop.named(name.under(earlier.get().messageId()));
        }
        if (earlier.isPresent() && earlier.get().state() == OutgoingMessage.State.FAILED) {
            journal.forget(earlier.get().number());
            earlier = Optional.empty();
        }
        if (earlier.isPresent() && name.messageId() != null) {
            requireSame(earlier.get(), name, drop.dropped().claim(), DropContext.isByStem(exchange));
        } else if (name.messageId() != null) {
            requireKnown(name.messageId());
        } else if (earlier.isEmpty() && DropContext.isByStem(exchange)) {
            earlierDrops.requireNotLate(name.fileName(), drop.dropped().claim());
        }
        exchange.setProperty(OutgoingContext.VERDICT, earlier.isPresent() ? DUPLICATE : NEW);
    }

    private Optional<OutgoingMessage> sameDrop(DropContext drop) throws IOException {
        String fileName = drop.name().fileName();
        long size = drop.look().size();
        if (!earlierDrops.knows(fileName, size)) {
            return Optional.empty();
        }
        Sha256 now = ContentDigest.of(drop.dropped().claim(), fileName).sha256();
        for (OutgoingMessage namesake : earlierDrops.undigested(fileName, size)) {
            Sha256 before = digestOf(namesake);
            if (now.equals(before)) {
                return Optional.of(namesake);
            }
            if (before != null) {
                journal.digested(namesake.number(), before);
            }
        }
        return earlierDrops.named(fileName, size, now);
    }

    private void requireSame(OutgoingMessage earlier, DroppedName name, Path dropped, boolean isByStem)
            throws IOException {
        Sha256 before = digestOf(earlier);
        if (before == null) {
            throw new NoSuchFileException(
                    folders.content(earlier.messageId()).toString(), null, "claimed, and taken out of the work folder");
        }
        Sha256 now = ContentDigest.of(dropped, name.fileName()).sha256();
        if (now.equals(before)) {
            return;
        }
        if (isByStem && Files.isDirectory(dropped, LinkOption.NOFOLLOW_LINKS)) {
            throw EarlierDrops.late(earlier.messageId(), dropped);
        }
        throw new Refusal(
                Refusal.Code.CONFLICT,
                "Expected the bytes that " + earlier.messageId() + " was first dropped with (SHA-256 " + before.brief()
                        + "), found others (SHA-256 " + now.brief() + "). " + remedy(earlier, name));
    }

    /** A file of another ending is rarely meant as a correction: an index or a checksum belongs to its data. */
    private static String remedy(OutgoingMessage earlier, DroppedName name) {
        if (earlier.claim().fileName().equals(name.fileName())) {
            return "Drop a correction under a name that ends in _r"
                    + (name.messageId().revision() + 1) + " before the dot";
        }
        return "Files whose names differ after the first dot alone are one message, and this one was made of "
                + Printable.of(earlier.claim().fileName())
                + ". Have such files sent together (group: stem on the drop folder's route), or give this one a SEQ of"
                + " its own";
    }

    /** Null when it was never digested and is gone. */
    private Sha256 digestOf(OutgoingMessage earlier) throws IOException {
        if (earlier.sha256() != null) {
            return earlier.sha256();
        }
        try {
            return ContentDigest.of(folders.content(earlier.messageId()), earlier.named())
                    .sha256();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Refuses a correction of an unknown message; the two files of paired reads have such names too. */
    private void requireKnown(MessageId id) {
        if (id.revision() > 1 && !earlierDrops.hasEarlierRevision(id)) {
            MessageId first = id.first();
            throw new Refusal(
                    Refusal.Code.BAD_NAME,
                    "Expected in _r" + id.revision() + " a correction of a message that this laboratory took, found no "
                            + first + " in its journal. Paired reads are no corrections: name them " + first
                            + ".r1.fastq.gz and " + first
                            + ".r2.fastq.gz and drop them into a folder whose route has group: stem, which sends them"
                            + " as one message; or give each a SEQ of its own. A true correction is dropped after the"
                            + " message that it corrects");
        }
    }

    /**
     * Makes a file that was judged a message: a journal row first, then its name in the work folder, while the drop
     * folder's next files are looked at. A file whose name is no message_id gets the next free one of its route's TYPE and
     * of this day, in UTC.
     */
    public boolean recordClaim(Exchange exchange, AsyncCallback callback) {
        DropContext drop = DropContext.of(exchange);
        DroppedName name = drop.name();
        Path content = drop.dropped().claim();
        OutgoingMessage.Claim claim = claim(exchange, drop);
        Runnable end;
        try {
            end = claims.begin(name);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            exchange.setException(e);
            callback.done(true);
            return true;
        }
        AsyncCallback ended = doneSync -> {
            end.run();
            callback.done(doneSync);
        };
        CompletableFuture<OutgoingMessage> recorded = name.messageId() == null
                ? journal.claimNext(
                        series(own, exchange.getProperty(DropContext.TYPE, String.class), clock),
                        claim,
                        folders.claimPlace(content))
                : journal.claim(name.messageId(), claim, folders.claimPlace(content));
        return afterCommit.then(recorded, exchange, ended, claimed -> {
            journal.move(claimed, id -> {
                Failpoint.LAB_CLAIM_RECORDED.reached();
                folders.takeIn(content, id);
                Failpoint.LAB_CLAIM_MOVED.reached();
            });
            OutgoingContext.message(exchange, claimed);
            LOG.info("{}: claimed by route {} for {}", claimed.named(), claim.routeId(), claim.recipients());
        });
    }

    private OutgoingMessage.Claim claim(Exchange exchange, DropContext drop) {
        String contentType = exchange.getProperty(DropContext.CONTENT_TYPE, String.class);
        return new OutgoingMessage.Claim(
                exchange.getFromRouteId(),
                folders.nameOf(drop.dropped().root().path()),
                drop.name().fileName(),
                DropContext.BY_NAME.equals(contentType)
                        ? MediaTypes.of(drop.name().extension())
                        : contentType,
                recipients(exchange.getProperty(DropContext.RECIPIENTS, String.class)),
                clock.instant().truncatedTo(ChronoUnit.MILLIS),
                drop.look(),
                ReceiptSecret.random(new SecureRandom()));
    }

    private static String series(SiteId site, String type, Clock clock) {
        return site + "_" + type + "_"
                + LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).format(DateTimeFormatter.BASIC_ISO_DATE) + "_";
    }

    /** The beginnings of the ids that are assigned today, one for each TYPE. */
    public static List<String> series(SiteId site, Collection<String> types, Clock clock) {
        return types.stream().map(type -> series(site, type, clock)).toList();
    }

    private static List<SiteId> recipients(String list) {
        return Arrays.stream(list.split(",")).map(String::strip).map(SiteId::of).toList();
    }

    /** Puts a second drop of the same bytes among the sent files; it is not sent again. */
    public void keepDuplicate(Exchange exchange) throws IOException {
        DropContext drop = DropContext.of(exchange);
        Path kept = folders.keepSent(drop.dropped().claim(), drop.name().fileName() + ".duplicate");
        LOG.info(
                "{}: dropped again with the same bytes, not sent again, kept as {}",
                drop.name().messageId(),
                kept);
    }

    /** Refuses a well-named file that no route of its folder takes. */
    public void refuseStray(Exchange exchange) {
        String fileName = DropContext.of(exchange).name().fileName();
        String taken = exchange.getProperty(TAKEN, String.class);
        throw new Refusal(
                Refusal.Code.BAD_NAME,
                "Expected a name that this folder takes, found '" + Printable.of(fileName)
                        + "'. Drop it into the folder for its kind"
                        + proposal(fileName, taken)
                                .map(name -> ", or rename it to " + name + " and drop it again")
                                .orElse("")
                        + ". For your integrator: the folder's routes take " + taken);
    }

    /** Announces a new message in the journal. */
    public void lookForOutgoing(Exchange exchange) {
        appeared.accept(OutgoingContext.message(exchange).number());
    }
}
