package io.saddlebag.lab.claim;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.PathGlob;
import io.saddlebag.message.Json;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;

/**
 * The file in a folder message that tells its reader what the route's {@code exclude} left out: {@value #NAME}. Names at most
 * {@value #MOST} entries, the first by name. For one thread.
 */
public final class LeftOutNote {
    public static final String NAME = "saddlebag-left-out.json";

    static final int MOST = 1_000;
    /** No note of this site is larger. */
    private static final long LARGEST = 1024L * 1024;

    private final List<PathGlob> exclude;
    private final TreeSet<String> paths = new TreeSet<>();
    private long entries;

    /**
     * @param exclude the patterns
     * @param entries how many files and folders they matched, a folder with all in it being one
     * @param paths of the first of them; folders end in {@code /}
     */
    @JsonPropertyOrder({"exclude", "entries", "paths"})
    record Content(
            @JsonProperty("exclude") List<String> exclude,
            @JsonProperty("entries") long entries,
            @JsonProperty("paths") List<String> paths) {}

    public LeftOutNote(List<PathGlob> exclude) {
        this.exclude = exclude;
    }

    /** @param path within the folder */
    public void add(String path, boolean isFolder) {
        entries++;
        addName(isFolder ? path + "/" : path);
    }

    private void addName(String name) {
        paths.add(name);
        if (paths.size() > MOST) {
            paths.pollLast();
        }
    }

    /**
     * Writes the file, synced, if anything was left out. A note that is there is kept: it was written before a crash, or
     * before the folder was put back.
     *
     * @param folder in which nobody else can change names
     * @throws Refusal when another thing has its name
     */
    public void writeInto(Path folder) throws IOException {
        if (entries == 0) {
            return;
        }
        Path file = folder.resolve(NAME);
        if (AtomicFiles.isThere(file)) {
            Content before = read(file);
            entries = Math.max(entries, before.entries());
            before.paths().forEach(this::addName);
        }
        Content content = new Content(exclude.stream().map(PathGlob::toString).toList(), entries, List.copyOf(paths));
        AtomicFiles.replace(file, Json.writeForPeople(content));
    }

    private static Content read(Path file) throws IOException {
        boolean mayBeOurs = Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) <= LARGEST;
        try {
            Content before = mayBeOurs ? Json.read(Files.readAllBytes(file), Content.class) : null;
            if (before != null
                    && before.paths() != null
                    && before.paths().stream().allMatch(Objects::nonNull)) {
                return before;
            }
        } catch (IllegalArgumentException e) {
            // The refusal below.
        }
        throw new Refusal(
                Refusal.Code.BAD_FILE,
                "Expected no entry named " + NAME
                        + " in a folder of which exclude leaves something out, since this site"
                        + " names there what was left out, found one that it did not write. Rename it and drop the"
                        + " folder again");
    }
}
