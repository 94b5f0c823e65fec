package io.saddlebag.rc.deliver;

import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.files.Presence;
import io.saddlebag.files.StoreAwayException;
import io.saddlebag.files.tree.FolderUnpacker;
import io.saddlebag.files.tree.FolderWalk;
import io.saddlebag.log.ProgressLog;
import io.saddlebag.message.FolderFacts;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import io.saddlebag.message.StandardizedMessage;
import io.saddlebag.rc.crate.MessageCrate;
import io.saddlebag.rc.deliver.GroupRounds.Member;
import io.saddlebag.rc.intake.Arrival;
import io.saddlebag.rc.intake.DiskRoom;
import io.saddlebag.rc.outbox.Outbox;
import io.saddlebag.rc.outbox.OutboxFolder;
import io.saddlebag.rc.records.Placement;
import io.saddlebag.rc.records.RcJournal;
import io.saddlebag.stomp.Headers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;

/**
 * The steps of the route {@code rc-publish}: an opened message gets its place in the outbox, the payload first and the
 * standardized file last. Deliveries take the last two steps together. For any number of threads.
 */
public final class OutboxSteps {
    private final SiteId site;
    private final FolderUnpacker unpacker;
    private final DiskRoom room;
    private final RcJournal journal;
    private final Presence journalDisk;

    public OutboxSteps(SiteId site, FolderUnpacker unpacker, DiskRoom room, RcJournal journal, Presence journalDisk) {
        this.site = site;
        this.unpacker = unpacker;
        this.room = room;
        this.journal = journal;
        this.journalDisk = journalDisk;
    }

    /** Step {@code placePayload}: the opened file gets its name in the outbox, with its checksum if the outbox has them. */
    public void placePayload(Exchange exchange) throws IOException {
        Arrival arrival = Arrival.of(exchange);
        Placement place = arrival.placement();
        exchange.getMessage().setBody(InlineContent.of(arrival.content(), place.payloadName()));
        arrival.outbox().placePayload(arrival.sender(), place.payloadName(), arrival.openedFile());
        arrival.openedFileMoved();
        Failpoint.RC_PAYLOAD_PLACED.reached();
        arrival.outbox().placeChecksum(arrival.sender(), place.payloadName(), place.contentSha256());
        arrival.outbox().stageCrate(arrival.sender(), arrival.messageId(), crate(arrival)::writeFile);
    }

    private MessageCrate crate(Arrival arrival) {
        Placement place = arrival.placement();
        return new MessageCrate(
                arrival.messageId(),
                arrival.sender(),
                site,
                arrival.manifest().sentTimestamp(),
                place.receivedTime(),
                place.payloadName(),
                arrival.message().fileName(),
                arrival.message().contentType(),
                place.contentSize(),
                place.contentSha256(),
                place.manifestSha256(),
                place.contentHmac());
    }

    /**
     * Step {@code placeFolder}: unpacks the opened folder under a hidden name in the outbox. Once it is whole, as the sender
     * said and on the disk, it gets its own name, with the checksums of its files if the outbox has them.
     */
    public void placeFolder(Exchange exchange) throws IOException {
        Arrival arrival = Arrival.of(exchange);
        String name = arrival.placement().payloadName();
        // A folder takes more room, and only the opened message tells that it is one.
        room.requireFits(arrival);
        OutboxFolder folder = new OutboxFolder(arrival.outbox(), arrival.sender(), arrival.messageId(), name);
        ProgressLog progress = new ProgressLog(
                arrival.messageId().value(), "unpacking", arrival.message().size());
        try (InputStream tar = progress.counting(Files.newInputStream(arrival.openedFile()))) {
            requireComplete(arrival, unpacker.unpack(tar, folder.hidden()));
            // Before other users can exchange the files.
            arrival.outbox().stageCrate(arrival.sender(), arrival.messageId(), out -> crate(arrival)
                    .writeFolder(folder.hidden(), out));
            folder.place();
        } catch (Refusal | IOException e) {
            // An unfinished folder must not fill the disk.
            discard(folder, e);
            throw e;
        }
        Files.delete(arrival.openedFile());
        exchange.getMessage().setBody(new InlineContent(StandardizedMessage.FILE, name));
    }

    private static void discard(OutboxFolder folder, Exception cause) {
        try {
            folder.discard();
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private static void requireComplete(Arrival arrival, FolderWalk found) {
        FolderFacts said = arrival.message().folder();
        if (found.files() != said.files() || found.bytes() != said.bytes()) {
            throw new Refusal(
                    Refusal.Code.BAD_DIGEST,
                    "Expected in the folder " + arrival.messageId() + " what it names inside its seal, " + said.files()
                            + " files of " + said.bytes() + " bytes, found " + found.files() + " of " + found.bytes()
                            + "; the sender must send it again");
        }
    }

    /** Step {@code composeStandardizedMessage}: the verified values become the body, and the route makes JSON of it. */
    public void composeStandardizedMessage(Exchange exchange) {
        Arrival arrival = Arrival.of(exchange);
        Placement place = arrival.placement();
        Manifest manifest = arrival.manifest();
        Manifest.Recipient recipient = manifest.recipient(site);
        InlineContent content = exchange.getMessage().getBody(InlineContent.class);
        String routingKey = arrival.frame().header(Headers.ROUTING_KEY);
        exchange.getMessage()
                .setBody(new StandardizedMessage(
                        manifest.messageId(),
                        manifest.sender().id(),
                        manifest.sentTimestamp(),
                        content.text(),
                        content.encoding(),
                        arrival.message().contentType(),
                        place.contentSize(),
                        place.contentSha256(),
                        site,
                        manifest.routing().routingKeys().contains(routingKey) ? routingKey : null,
                        place.receivedTime(),
                        place.payloadName(),
                        arrival.message().fileName(),
                        place.manifestSha256(),
                        manifest.body().sha256(),
                        manifest.sender().fingerprint(),
                        manifest.networkId(),
                        recipient.keyId(),
                        place.contentHmac(),
                        recipient.seq(),
                        arrival.message().folder()));
    }

    /** Step {@code stageStandardizedMessage}: the JSON is written whole, under a hidden name. */
    public void stageStandardizedMessage(Exchange exchange) throws IOException {
        Arrival arrival = Arrival.of(exchange);
        arrival.outbox()
                .stageStandardizedFile(
                        arrival.sender(),
                        arrival.messageId(),
                        exchange.getMessage().getBody(byte[].class));
        Failpoint.RC_FACTS_STAGED.reached();
    }

    /**
     * Step {@code announcePublication}: syncs the files in the outbox, and journals the message's place before anybody can
     * see it. Readers may take it away as soon as they do; after a crash right then it is not written again.
     */
    public void announcePublication(List<Member> members) throws StoreAwayException {
        journalDisk.require();
        syncFolders(members);
        List<Member> synced =
                members.stream().filter(member -> !member.isFailed()).toList();
        List<CompletableFuture<Void>> announced = journal.announce(
                synced.stream().map(member -> member.arrival().placement()).toList());
        for (int i = 0; i < announced.size(); i++) {
            Member member = synced.get(i);
            announced.get(i).exceptionally(failure -> {
                member.fail(failure);
                return null;
            });
        }
        Failpoint.RC_ANNOUNCED.reached();
    }

    /**
     * Step {@code placeStandardizedMessage}: the JSON gets its name, so that its presence means that the message is whole;
     * then the marker, if the outbox has them. The names are on the disk when the step is over.
     */
    public void placeStandardizedMessage(List<Member> members) {
        name(members, Outbox::nameStandardizedFile);
        syncFolders(members);
        Failpoint.RC_FACTS_PLACED.reached();
        List<Member> marked = members.stream()
                .filter(member -> member.arrival().outbox().extras().readyMarker())
                .toList();
        name(marked, Outbox::nameReady);
        syncFolders(marked);
    }

    @FunctionalInterface
    private interface Naming {
        void name(Outbox outbox, SiteId sender, MessageId messageId) throws IOException;
    }

    private static void name(List<Member> members, Naming naming) {
        for (Member member : members) {
            if (!member.isFailed()) {
                try {
                    Arrival arrival = member.arrival();
                    naming.name(arrival.outbox(), arrival.sender(), arrival.messageId());
                } catch (IOException | Refusal e) {
                    member.fail(e);
                }
            }
        }
    }

    /** Syncs each sender's folder once; fails the members of a folder whose sync fails. */
    private static void syncFolders(List<Member> members) {
        record Folder(Outbox outbox, SiteId sender) {}
        Map<Folder, Optional<IOException>> synced = new HashMap<>();
        for (Member member : members) {
            if (!member.isFailed()) {
                Folder folder =
                        new Folder(member.arrival().outbox(), member.arrival().sender());
                synced.computeIfAbsent(folder, each -> sync(each.outbox(), each.sender()))
                        .ifPresent(member::fail);
            }
        }
    }

    /** The fault; empty when the folder is on the disk. */
    private static Optional<IOException> sync(Outbox outbox, SiteId sender) {
        try {
            outbox.sync(sender);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e);
        }
    }

    /**
     * A content in the standardized file: text as it is, other bytes as base64, and a content above the limit by the name of its
     * payload.
     *
     * @param text the text, base64, or a file name, by {@code encoding}
     */
    record InlineContent(String encoding, String text) {
        /** @param bytes null when the content is above the limit */
        static InlineContent of(byte[] bytes, String payloadName) {
            if (bytes == null) {
                return new InlineContent(StandardizedMessage.FILE, payloadName);
            }
            if (hasOnlyTextControls(bytes)) {
                try {
                    String text = StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes))
                            .toString();
                    return new InlineContent(StandardizedMessage.UTF_8, text);
                } catch (CharacterCodingException e) {
                    // Not UTF-8, hence base64.
                }
            }
            return new InlineContent(
                    StandardizedMessage.BASE64, Base64.getEncoder().encodeToString(bytes));
        }

        /** Other control characters than tab and line ends are legal in JSON, but many tools do not take them for text. */
        private static boolean hasOnlyTextControls(byte[] bytes) {
            for (byte each : bytes) {
                if (each >= 0 && each < ' ' && each != '\t' && each != '\n' && each != '\r') {
                    return false;
                }
            }
            return true;
        }
    }
}
