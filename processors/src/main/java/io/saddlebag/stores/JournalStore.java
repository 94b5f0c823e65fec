package io.saddlebag.stores;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.journal.JournalMark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A site's journal, with the mark in a table of its own.
 *
 * @param file of the database
 */
public record JournalStore(Path file) implements Store {
    @Override
    public String name() {
        return "journal";
    }

    @Override
    public String place() {
        return file.toString();
    }

    @Override
    public Found look() throws IOException {
        if (!Files.exists(file)) {
            return Found.ABSENT;
        }
        Optional<String> mark = JournalMark.read(file);
        return Found.of(
                JournalMark.isEmpty(file), mark.flatMap(StoreMark::parse).orElse(null), null);
    }

    @Override
    public void mark(StoreMark mark) throws IOException {
        AtomicFiles.createPrivateFolder(file.getParent());
        JournalMark.write(file, mark.text());
    }
}
