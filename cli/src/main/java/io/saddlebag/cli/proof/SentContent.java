package io.saddlebag.cli.proof;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.saddlebag.files.SystemFiles;
import io.saddlebag.files.tree.FolderLimits;
import io.saddlebag.files.tree.FolderTar;
import io.saddlebag.files.tree.FolderWalk;
import io.saddlebag.lab.bag.BagCheck;
import io.saddlebag.lab.bag.NoData;
import io.saddlebag.lab.message.ContentDigest;
import io.saddlebag.message.FolderFacts;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The content that a message of a file or folder has: read by the classes that seal it.
 *
 * @param size in bytes; of a folder, that of its tar
 * @param folder null for a file
 * @param leftOut the entries of the folder that do not travel, each without what is below it
 */
@JsonPropertyOrder({"file", "size", "sha256", "folder", "left_out"})
record SentContent(
        @JsonProperty("file") String file,
        @JsonProperty("size") long size,
        @JsonProperty("sha256") Sha256 sha256,

        @JsonProperty("folder") @JsonInclude(JsonInclude.Include.NON_NULL)
        FolderFacts folder,

        @JsonProperty("left_out") List<String> leftOut) {
    private static final int NAMED = 3;

    /**
     * @param noData names of entries that do not travel in a folder
     * @throws io.saddlebag.message.Refusal when a laboratory would refuse it: neither file nor folder, or with a name or
     *     entry that cannot travel
     */
    static SentContent of(Path path, SystemFiles noData) throws IOException {
        return of(path, noData, UnaryOperator.identity());
    }

    /**
     * As {@link #of(Path, SystemFiles)}.
     *
     * @param counting counts what is read of the content
     */
    static SentContent of(Path path, SystemFiles noData, UnaryOperator<InputStream> counting) throws IOException {
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            ContentDigest found;
            try (InputStream content = counting.apply(FolderTar.open(path))) {
                found = ContentDigest.of(content, Files.size(path));
            }
            return new SentContent(path.toString(), found.size(), found.sha256(), null, List.of());
        }
        NoData left = NoData.in(path, noData);
        List<String> names = new ArrayList<>();
        FolderWalk counted = new FolderWalk(path, FolderLimits.NONE, (name, entry) -> {
                    boolean isLeft = left.contains(name, entry);
                    if (isLeft) {
                        names.add(name);
                    }
                    return isLeft;
                })
                .toEnd();
        try (InputStream tar = counting.apply(new FolderTar(new FolderWalk(path, FolderLimits.NONE, left)))) {
            ContentDigest found = ContentDigest.of(tar, Long.MAX_VALUE);
            FolderFacts facts = new FolderFacts(counted.files(), counted.bytes(), BagCheck.isBag(path));
            return new SentContent(path.toString(), found.size(), found.sha256(), facts, List.copyOf(names));
        }
    }

    /** One line, with the words of {@code receipts}. */
    String text() {
        return Printable.whole(file) + ", " + size + " bytes, SHA-256 " + sha256
                + (folder == null
                        ? ""
                        : ", as the tar of " + folder.files() + " files with " + folder.bytes() + " bytes")
                + (leftOut.isEmpty() ? "" : ", without " + left());
    }

    private String left() {
        return Printable.of(String.join(", ", leftOut.subList(0, Math.min(NAMED, leftOut.size()))))
                + (leftOut.size() > NAMED ? " and " + (leftOut.size() - NAMED) + " more" : "");
    }
}
