package io.saddlebag.lab.drop;

import io.saddlebag.files.DroppedName;
import io.saddlebag.files.SecondName;
import io.saddlebag.lab.claim.Dropped;
import io.saddlebag.lab.message.FileLook;
import io.saddlebag.lab.message.LabExchange;
import io.saddlebag.message.Message;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Refuses a claimed file that is neither file nor folder, cannot be read, or whose name can neither become a message_id of
 * this site nor travel under an assigned one. Reads nothing of it.
 */
public final class JudgeDrop implements Processor {
    private final SiteId own;
    private final FolderJudge folders;

    public JudgeDrop(SiteId own, FolderJudge folders) {
        this.own = Objects.requireNonNull(own, "site id");
        this.folders = Objects.requireNonNull(folders, "folders");
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        Dropped dropped = LabExchange.dropped(exchange);
        Path file = dropped.claim();
        BasicFileAttributes attributes =
                Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        String fileName = dropped.name();
        boolean assigns = LabExchange.ASSIGN.equals(exchange.getProperty(LabExchange.NAMING, String.class));
        LabExchange.droppedName(
                exchange, assigns ? DroppedName.judgeAny(fileName, own) : DroppedName.judge(fileName, own));
        if (attributes.isDirectory()) {
            folders.judge(dropped);
            LabExchange.droppedLook(exchange, FileLook.of(file));
            exchange.setProperty(LabExchange.CONTENT_TYPE, Message.TAR);
            return;
        }
        LabExchange.droppedLook(exchange, FileLook.of(attributes));
        if (!attributes.isRegularFile()) {
            throw refusal(
                    "regular file", attributes.isSymbolicLink() ? "symbolic link" : "device, pipe or socket", fileName);
        }
        if (!Files.isReadable(file)) {
            throw refusal("file that this site may read", "file that it may not", fileName);
        }
        SecondName.requireNone(file, fileName);
    }

    private static Refusal refusal(String expected, String found, String fileName) {
        return new Refusal(
                Refusal.Code.BAD_FILE,
                "Expected a " + expected + ", found a " + found + " named '" + Printable.of(fileName)
                        + "'. Drop the file itself, readable for the user that runs this site");
    }
}
