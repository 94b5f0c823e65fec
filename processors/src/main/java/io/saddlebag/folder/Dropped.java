package io.saddlebag.folder;

import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;

/**
 * What a drop folder shows: a file, a folder, or what is neither.
 *
 * @param root the drop folder
 * @param file relative to it
 * @param attributes of the entry itself, not of what it links to, when it was listed; null of a claim of an earlier run
 * @param claim where the site has it since it was claimed, absolute; null before
 */
public record Dropped(DropRoot root, Path file, BasicFileAttributes attributes, Path claim) {
    public Dropped {
        Objects.requireNonNull(root, "root");
        Objects.requireNonNull(file, "file");
    }

    /** One that is not claimed yet. */
    public Dropped(DropRoot root, Path file, BasicFileAttributes attributes) {
        this(root, file, attributes, null);
    }

    Dropped claimedAs(Path entry) {
        return new Dropped(root, file, attributes, entry);
    }

    public boolean isClaimed() {
        return claim != null;
    }

    /** Where it was listed; to name it, never to reach it. */
    public Path path() {
        return root.path().resolve(file);
    }

    /** Its name without folders. */
    public String name() {
        return file.getFileName().toString();
    }

    /** Where the marker that says it is complete would lie, relative to the drop folder. */
    public Path readyMarker() {
        return marker(DroppedName.READY_MARKER);
    }

    /** Where the marker that says of a folder that it is complete and a bag would lie, relative to the drop folder. */
    public Path bagMarker() {
        return marker(DroppedName.BAG_MARKER);
    }

    private Path marker(String ending) {
        return file.resolveSibling(name() + ending);
    }
}
