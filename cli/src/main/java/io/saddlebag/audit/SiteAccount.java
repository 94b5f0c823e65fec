package io.saddlebag.audit;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.saddlebag.audit.AuditReport.Finding;
import io.saddlebag.dsse.OperatorEntry;
import io.saddlebag.files.tree.FolderTar;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The result for one site: how many of each state, and the findings. For one thread. */
@JsonPropertyOrder({"site", "home", "counts"})
public final class SiteAccount {
    private final SiteId site;
    private final Path home;
    private final Map<String, Long> counts = new LinkedHashMap<>();
    private final List<Finding> findings = new ArrayList<>();
    private final Map<String, OperatorEntry> accepted = new HashMap<>();

    SiteAccount(SiteId site, SiteHome home) {
        this.site = site;
        this.home = home.folder();
    }

    /** One more of a state; the states keep the order in which they were first named. */
    void count(String state) {
        count(state, 1);
    }

    void count(String state, long more) {
        counts.merge(state, more, Long::sum);
    }

    void find(MessageId messageId, String text) {
        find(messageId.value(), text);
    }

    void find(Path file, String text) {
        find(within(file), text);
    }

    /** @param subject a message_id or a path */
    void find(String subject, String text) {
        findings.add(new Finding(site, subject, text));
    }

    /** Finds fault when the digests differ. */
    void compare(MessageId messageId, String what, Sha256 expected, Sha256 found) {
        if (!expected.equals(found)) {
            find(messageId, "expected " + what + " with SHA-256 " + expected + ", found " + found);
        }
    }

    /** Finds fault when it has not that digest, or is nothing that has one. */
    void compare(MessageId messageId, String what, Sha256 expected, Path file) throws IOException {
        Optional<Sha256> found = digest(file);
        if (found.isPresent()) {
            compare(messageId, what, expected, found.get());
        } else {
            find(messageId, "expected " + what + " as it was sent, found a link or a device there, or in it");
        }
    }

    /**
     * The digest of a file, or of a folder as it travels. Never follows a link.
     *
     * @return empty when it is nothing that travels: a link, a device, a folder with one of these in it
     */
    static Optional<Sha256> digest(Path path) throws IOException {
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                && !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        try (InputStream in = FolderTar.open(path)) {
            return Optional.of(Sha256.of(in, Long.MAX_VALUE));
        } catch (Refusal e) {
            return Optional.empty();
        }
    }

    /** Takes a file or folder. */
    @FunctionalInterface
    interface FileCheck {
        void check(Path file) throws IOException;
    }

    /** Skips names that begin with a dot: these files are being written. A folder that is not there has none. */
    static void forEachFile(Path folder, FileCheck check) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(
                folder, file -> !file.getFileName().toString().startsWith("."))) {
            for (Path file : files) {
                check.check(file);
            }
        }
    }

    /** The path within the home, printable; the whole path of what lies elsewhere. */
    String within(Path file) {
        return Printable.of((file.startsWith(home) ? home.relativize(file) : file).toString());
    }

    /** Notes the findings that an operator accepted. */
    void accept(OperatorEntry entry) {
        entry.targets().forEach(target -> accepted.putIfAbsent(target, entry));
    }

    /** The entry that accepts that finding; null when there is none. */
    OperatorEntry acceptedBy(Finding finding) {
        return accepted.get(Acceptance.target(finding));
    }

    @JsonProperty
    public SiteId site() {
        return site;
    }

    @JsonProperty
    public String home() {
        return home.toString();
    }

    @JsonProperty
    public Map<String, Long> counts() {
        return Collections.unmodifiableMap(counts);
    }

    public List<Finding> findings() {
        return List.copyOf(findings);
    }
}
