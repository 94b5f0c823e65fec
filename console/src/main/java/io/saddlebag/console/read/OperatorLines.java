package io.saddlebag.console.read;

import io.saddlebag.dsse.Envelope;
import io.saddlebag.dsse.OperatorEntry;
import io.saddlebag.message.Json;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The newest entries of a home's operator journal. They are shown, not verified: the audit does that. */
public final class OperatorLines {
    private static final int TAIL = 256 << 10;
    private static final int MOST = 100;

    private OperatorLines() {}

    /** The newest first. */
    public static List<OperatorEntry> newest(ConsoledHome home) throws IOException {
        Path file = home.home().resolve("operators/journal.jsonl");
        if (!Files.exists(file)) {
            return List.of();
        }
        String text;
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            long from = Math.max(0, channel.size() - TAIL);
            channel.position(from);
            ByteBuffer tail = ByteBuffer.allocate((int) (channel.size() - from));
            while (tail.hasRemaining() && channel.read(tail) >= 0) {
                // Until the tail is full.
            }
            text = new String(tail.array(), 0, tail.position(), StandardCharsets.UTF_8);
            if (from > 0) {
                text = text.substring(text.indexOf('\n') + 1);
            }
        }
        List<OperatorEntry> entries = new ArrayList<>();
        for (String line : text.split("\n")) {
            try {
                entries.add(Json.read(
                        Envelope.parse(line.getBytes(StandardCharsets.UTF_8)).payload(), OperatorEntry.class));
            } catch (Refusal | IllegalArgumentException e) {
                // An unfinished line is no entry yet; of others the audit says that they do not hold.
                continue;
            }
        }
        Collections.reverse(entries);
        return List.copyOf(entries.subList(0, Math.min(MOST, entries.size())));
    }
}
