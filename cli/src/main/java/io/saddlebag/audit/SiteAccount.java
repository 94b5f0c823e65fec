package io.saddlebag.audit;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The result for one site: how many of each state, and the findings. For one thread. */
@JsonPropertyOrder({"site", "home", "counts"})
public final class SiteAccount {
    private final SiteId site;
    private final String home;
    private final Map<String, Long> counts = new LinkedHashMap<>();
    private final List<Finding> findings = new ArrayList<>();

    SiteAccount(SiteId site, String home) {
        this.site = site;
        this.home = home;
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
        Optional<Sha256> found = FileDigest.of(file);
        if (found.isPresent()) {
            compare(messageId, what, expected, found.get());
        } else {
            find(messageId, "expected " + what + " as it was sent, found a link or a device there, or in it");
        }
    }

    @JsonProperty
    public SiteId site() {
        return site;
    }

    @JsonProperty
    public String home() {
        return home;
    }

    @JsonProperty
    public Map<String, Long> counts() {
        return Collections.unmodifiableMap(counts);
    }

    public List<Finding> findings() {
        return List.copyOf(findings);
    }
}
