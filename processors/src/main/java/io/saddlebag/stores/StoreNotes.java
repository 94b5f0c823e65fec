package io.saddlebag.stores;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.saddlebag.files.AtomicFiles;
import io.saddlebag.message.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** The file {@code identity/stores.json}: which stores a home has made or begun to make. For one thread. */
final class StoreNotes {
    private final Path file;
    private final boolean existed;
    private final Map<String, Note> notes;

    /**
     * @param made whether the store bears the mark; before that it was about to get it
     * @param key see {@link Store.Found}
     */
    record Note(
            @JsonProperty("made") boolean made,
            @JsonProperty("folder") String key) {}

    private record Notes(@JsonProperty("stores") Map<String, Note> stores) {}

    private StoreNotes(Path file, boolean existed, Map<String, Note> notes) {
        this.file = file;
        this.existed = existed;
        this.notes = new TreeMap<>(notes);
    }

    /** @throws IOException when it is there and cannot be read */
    static StoreNotes read(Path identityFolder) throws IOException {
        Path file = identityFolder.resolve("stores.json");
        try {
            Notes read = Json.read(Files.readAllBytes(file), Notes.class);
            return new StoreNotes(file, true, read.stores() == null ? Map.of() : read.stores());
        } catch (NoSuchFileException e) {
            return new StoreNotes(file, false, Map.of());
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    file + ": expected the notes of this home's stores, found " + e.getMessage()
                            + ". Restore the file from a back-up, or delete it while every store of the home is in"
                            + " place: they are noted again",
                    e);
        }
    }

    /** True when a home noted anything before this start. */
    boolean existed() {
        return existed;
    }

    /** Null when nothing is noted of it. */
    Note of(String store) {
        return notes.get(store);
    }

    boolean isMade(String store) {
        return notes.containsKey(store) && notes.get(store).made();
    }

    void note(String store, boolean made, String key) {
        notes.put(store, new Note(made, key));
    }

    void save() throws IOException {
        AtomicFiles.replace(file, Json.write(new Notes(notes)));
    }
}
