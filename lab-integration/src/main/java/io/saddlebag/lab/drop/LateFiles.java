package io.saddlebag.lab.drop;

import io.saddlebag.files.DroppedName;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.records.EarlierDrops;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/** Refuses files of a stem that came after the others of that stem had been taken, where the files of a stem travel together. */
final class LateFiles {
    private static final int NAMED = 5;

    private final EarlierDrops earlierDrops;

    LateFiles(EarlierDrops earlierDrops) {
        this.earlierDrops = earlierDrops;
    }

    /** @param late the folder of the files that came later */
    static Refusal refusal(MessageId earlier, Path late) throws IOException {
        return new Refusal(
                Refusal.Code.CONFLICT,
                "Expected all files of a stem together, found " + Printable.of(listed(late))
                        + " after the others were taken as "
                        + earlier
                        + ". One stem is one message (group: stem), and its files are not added to. Drop all files"
                        + " of the stem again under " + earlier.first() + "_r" + (earlier.revision() + 1)
                        + ", or these under a stem of their own");
    }

    /**
     * For a stem that is no message_id: the same stem may come again with another set of files. A set that has no name
     * in common with the set before belongs to that.
     *
     * @param dropped the claimed folder
     * @throws Refusal {@code CONFLICT} when it came too late
     */
    void requireNone(DroppedName name, Path dropped) throws IOException {
        OutgoingMessage earlier = earlierDrops.newest(name.fileName()).orElse(null);
        if (earlier == null) {
            return;
        }
        Path kept = earlierDrops.kept(earlier);
        if (!Files.isDirectory(kept, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        List<String> before = names(kept);
        if (!before.isEmpty() && Collections.disjoint(before, names(dropped))) {
            throw refusal(earlier.messageId(), dropped);
        }
    }

    private static String listed(Path folder) throws IOException {
        List<String> names = names(folder);
        return String.join(", ", names.subList(0, Math.min(NAMED, names.size())))
                + (names.size() > NAMED ? " and others" : "");
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }
}
