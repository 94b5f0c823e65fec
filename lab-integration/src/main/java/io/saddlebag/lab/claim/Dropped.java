package io.saddlebag.lab.claim;

import io.saddlebag.files.DroppedName;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * An entry of a drop folder: a file, a folder, or neither.
 *
 * @param root the drop folder
 * @param file relative to it
 * @param attributes of the entry itself, not of what it links to, when it was listed; null of a claim of an earlier run
 * @param claim where the site has it since it was claimed, absolute; null before
 * @param members of a group of files of one stem, as they were listed: empty of one that a crash left half gathered;
 *     null of what is no group. The group is named as the stem
 */
public record Dropped(DropRoot root, Path file, BasicFileAttributes attributes, Path claim, List<Dropped> members) {
    public Dropped {
        members = members == null ? null : List.copyOf(members);
    }

    /** A single one. */
    public Dropped(DropRoot root, Path file, BasicFileAttributes attributes, Path claim) {
        this(root, file, attributes, claim, null);
    }

    /** One that is not claimed yet. */
    public Dropped(DropRoot root, Path file, BasicFileAttributes attributes) {
        this(root, file, attributes, null);
    }

    Dropped claimedAs(Path entry) {
        return new Dropped(root, file, attributes, entry, members);
    }

    /** @param stem relative to the drop folder */
    public static Dropped group(DropRoot root, Path stem, List<Dropped> members) {
        return new Dropped(root, stem, null, null, members);
    }

    public boolean isGroup() {
        return members != null;
    }

    /** True if a crash left it half gathered, so that it must not travel. */
    public boolean isHalf() {
        return isGroup() && members.isEmpty();
    }

    /** A file of a claimed group. */
    public Dropped member(Path name) {
        return new Dropped(root, file.resolveSibling(name), null, claim.resolve(name));
    }

    /** Under which name it is watched: a folder may have the same name as a stem. */
    public Path watchedAs() {
        return isGroup() ? path().resolve("*") : path();
    }

    /** All its markers, relative to the drop folder. */
    public List<Path> markers() {
        List<Path> markers = new ArrayList<>(List.of(readyMarker(), bagMarker()));
        if (isGroup()) {
            members.forEach(member -> markers.add(member.readyMarker()));
        }
        return markers;
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
