package io.saddlebag.cli.backup;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.files.FileTree;
import io.saddlebag.journal.JournalReader;
import io.saddlebag.message.Json;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.regex.Pattern;

/**
 * The files that a site keeps for people, as far as the copied journal knows them: those that a laboratory sent, and those
 * in a centre's outboxes within its home. Later ones are left out. For one thread.
 */
final class HandedFiles {
    /** Next to sent files: those of the same content, and what a folder travelled without. */
    private static final Pattern NO_ROW = Pattern.compile(".+[.](duplicate|ignored|excluded).*");

    private final SiteHome home;
    private final HomeFiles files;
    private final JournalReader copy;

    HandedFiles(SiteHome home, HomeFiles files, JournalReader copy) {
        this.home = home;
        this.files = files;
        this.copy = copy;
    }

    void addSent() throws IOException {
        Path sent = home.resolve("sent");
        copy.forEach("SELECT kept_as FROM message WHERE state = 'SENT' AND kept_as IS NOT NULL", row -> {
            Path kept = sent.resolve(row.getString(1));
            // A file may have such a name from the start. It is added once.
            if (!NO_ROW.matcher(kept.getFileName().toString()).matches()) {
                files.addTree(kept, "sent/" + row.getString(1));
            }
        });
        forEachFolder(
                sent,
                day -> FileTree.forEach(day, entry -> {
                    if (NO_ROW.matcher(entry.getFileName().toString()).matches()) {
                        files.addTree(entry, home.folder().relativize(entry).toString());
                    }
                }));
    }

    void addOutboxes() throws IOException {
        Path notes = home.identity().resolve("stores.json");
        if (!Files.exists(notes)) {
            return;
        }
        Iterator<String> stores = Json.read(Files.readAllBytes(notes), JsonNode.class)
                .path("stores")
                .fieldNames();
        while (stores.hasNext()) {
            String name = stores.next();
            Path outbox = home.resolve(name);
            boolean isOutbox = !name.equals("journal") && !name.equals("work") && outbox.startsWith(home.folder());
            if (isOutbox) {
                forEachFolder(outbox, sender -> FileTree.forEach(sender, this::addDelivered));
            }
        }
    }

    /** Each name of a message begins with its id, which has no dot. */
    private void addDelivered(Path entry) throws IOException {
        String messageId = entry.getFileName().toString().split("[.]", 2)[0];
        if (!messageId.isEmpty() && copy.finds("SELECT 1 FROM delivery WHERE message_id = ?", messageId)) {
            files.addTree(entry, home.folder().relativize(entry).toString());
        }
    }

    private static void forEachFolder(Path folder, FileTree.EntryAction action) throws IOException {
        if (Files.isDirectory(folder)) {
            FileTree.forEach(folder, entry -> {
                if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                    action.on(entry);
                }
            });
        }
    }
}
