package io.saddlebag.message;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/**
 * Says of a message's content that it is a folder, as a tar.
 *
 * @param files how many are in it, folders not counted
 * @param bytes how many they have together
 * @param bag whether it is a BagIt bag (RFC 8493) that the sender has verified
 */
@JsonPropertyOrder({"files", "bytes", "bag"})
public record FolderFacts(
        @JsonProperty("files") long files,
        @JsonProperty("bytes") long bytes,
        @JsonProperty("bag") boolean bag) {
    public FolderFacts {
        if (files < 0 || bytes < 0) {
            throw new IllegalArgumentException("Expected 0 or more files and bytes, found " + files + " and " + bytes);
        }
    }
}
