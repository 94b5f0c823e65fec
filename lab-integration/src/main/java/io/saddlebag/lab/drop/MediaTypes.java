package io.saddlebag.lab.drop;

import java.util.Locale;
import java.util.Map;

/** The IANA media type of a file name's ending, for routes that name none. */
final class MediaTypes {
    static final String UNKNOWN = "application/octet-stream";

    private static final Map<String, String> BY_ENDING = Map.ofEntries(
            Map.entry("csv", "text/csv"),
            Map.entry("tsv", "text/tab-separated-values"),
            Map.entry("txt", "text/plain"),
            Map.entry("md", "text/markdown"),
            Map.entry("html", "text/html"),
            Map.entry("json", "application/json"),
            Map.entry("xml", "application/xml"),
            Map.entry("pdf", "application/pdf"),
            Map.entry("zip", "application/zip"),
            Map.entry("gz", "application/gzip"),
            Map.entry("dcm", "application/dicom"),
            Map.entry("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            Map.entry("png", "image/png"),
            Map.entry("jpg", "image/jpeg"),
            Map.entry("jpeg", "image/jpeg"),
            Map.entry("tiff", "image/tiff"));

    private MediaTypes() {}

    /** @param extension such as {@code csv} or {@code csv.gz}, of which the last counts */
    static String of(String extension) {
        String last = extension.substring(extension.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return BY_ENDING.getOrDefault(last, UNKNOWN);
    }
}
