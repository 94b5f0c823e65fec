package io.saddlebag.lab;

import io.saddlebag.folder.DroppedName;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.file.GenericFile;

/** Refuses a dropped file that is no file, or whose name cannot become a message_id of this site. Reads nothing of it. */
final class JudgeDrop implements Processor {
    private final SiteId own;

    JudgeDrop(SiteId own) {
        this.own = Objects.requireNonNull(own, "site id");
    }

    @Override
    public void process(Exchange exchange) {
        Path file = Path.of(exchange.getIn().getBody(GenericFile.class).getAbsoluteFilePath());
        LabExchange.dropped(exchange, file);
        String fileName = file.getFileName().toString();
        LabExchange.droppedName(exchange, DroppedName.judge(fileName, own));
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new Refusal(
                    Refusal.Code.BAD_FILE,
                    "Expected a regular file, found a link or device named '" + Printable.of(fileName)
                            + "'. Drop the file itself");
        }
    }
}
