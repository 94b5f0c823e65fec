package io.saddlebag.rc.deliver;

import io.saddlebag.files.tree.FolderUnpacker;
import io.saddlebag.files.tree.FolderWalk;
import io.saddlebag.message.FolderFacts;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.StandardizedMessage;
import io.saddlebag.rc.intake.Arrival;
import io.saddlebag.rc.intake.DiskRoom;
import io.saddlebag.rc.outbox.InlineContent;
import io.saddlebag.rc.outbox.OutboxFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Step {@code placeFolder}: the opened message is a folder, which is unpacked under a hidden name in the outbox and, once
 * it is whole, as the sender said and on the disk, gets its own; the digests of its files stand beside it if that is
 * wished for.
 */
public final class PlaceFolder implements Processor {
    private final FolderUnpacker unpacker;
    private final DiskRoom room;

    public PlaceFolder(FolderUnpacker unpacker, DiskRoom room) {
        this.unpacker = Objects.requireNonNull(unpacker, "unpacker");
        this.room = Objects.requireNonNull(room, "room");
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        Arrival arrival = Arrival.of(exchange);
        // That it is a folder, which takes more, was not known before it was opened.
        room.requireFits(arrival);
        OutboxFolder folder =
                new OutboxFolder(arrival.outbox(), arrival.sender(), arrival.messageId(), arrival.payloadName);
        try (InputStream tar = Files.newInputStream(arrival.opened)) {
            requireAsSaid(arrival, unpacker.unpack(tar, folder.hidden()));
            folder.place();
        } catch (Refusal | IOException e) {
            // Half a folder must not be what fills the disk.
            discard(folder, e);
            throw e;
        }
        Files.delete(arrival.opened);
        exchange.getMessage().setBody(new InlineContent.Content(StandardizedMessage.FILE, arrival.payloadName));
    }

    private static void discard(OutboxFolder folder, Exception cause) {
        try {
            folder.discard();
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private static void requireAsSaid(Arrival arrival, FolderWalk found) {
        FolderFacts said = arrival.message.folder();
        if (found.files() != said.files() || found.bytes() != said.bytes()) {
            throw new Refusal(
                    Refusal.Code.BAD_DIGEST,
                    "Expected in the folder " + arrival.messageId() + " what it names inside its seal, " + said.files()
                            + " files of " + said.bytes() + " bytes, found " + found.files() + " of " + found.bytes()
                            + "; the sender must send it again");
        }
    }
}
