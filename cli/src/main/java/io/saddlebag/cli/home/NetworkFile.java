package io.saddlebag.cli.home;

import io.saddlebag.files.Utf8File;
import io.saddlebag.message.Printable;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.Setting.Kind;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.site.YamlFile;
import io.saddlebag.stomp.HostName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Reads network.yaml: {@code headquarters}, {@code centres}, {@code laboratories}. All faults are reported together, each
 * with its line. For one file; not thread-safe.
 */
final class NetworkFile {
    private static final String USUAL_PORT = "61617";
    private static final String SITES = "a list of sites";
    private static final String AN_ID = "a site id such as FL-LAB";

    private final YamlFile yaml;
    private final Map<SiteId, List<SiteId>> laboratories = new LinkedHashMap<>();
    private final List<SiteId> centres = new ArrayList<>();
    private final List<SiteId> known = new ArrayList<>();
    private SiteId headquarters;
    private HostName host;
    private int port;

    private NetworkFile(YamlFile yaml) {
        this.yaml = yaml;
    }

    /** @throws SiteStartException when anything in it is wrong; one line a fault, with file, line and remedy */
    static Network read(Path file) throws IOException, SiteStartException {
        List<String> faults = new ArrayList<>();
        YamlFile yaml = new YamlFile(file.toString(), faults);
        NetworkFile reader = new NetworkFile(yaml);
        List<Node> documents = yaml.documents(Utf8File.read(file));
        documents.forEach(reader::readRoot);
        if (documents.size() != 1 && faults.isEmpty()) {
            faults.add(file + ":1: expected headquarters, centres and laboratories in one document, found "
                    + (documents.isEmpty() ? "an empty file" : "several"));
        }
        if (!faults.isEmpty()) {
            throw new SiteStartException(String.join(System.lineSeparator(), faults));
        }
        return new Network(reader.headquarters, reader.host, reader.port, reader.centres, reader.laboratories);
    }

    private void readRoot(Node root) {
        Map<String, Node> sections = yaml.mapping(root, Set.of("headquarters", "centres", "laboratories"), Set.of());
        if (sections.get("headquarters") != null) {
            readHeadquarters(sections.get("headquarters"));
        }
        for (Node centre : yaml.sequence(sections.get("centres"), SITES)) {
            SiteId id = newSite(centre);
            if (id != null) {
                centres.add(id);
            }
        }
        yaml.sequence(sections.get("laboratories"), SITES).forEach(this::readLaboratory);
    }

    private void readHeadquarters(Node node) {
        Map<String, Node> fields = yaml.mapping(node, Set.of("id", "host"), Set.of("port"));
        headquarters = newSite(fields.get("id"));
        host = judged(fields.get("host"), Kind.HOST.description(), HostName::of);
        String named = yaml.value(fields, "port", Kind.PORT);
        port = Integer.parseInt(named == null ? USUAL_PORT : named);
        if (port == 0) {
            yaml.fault(fields.get("port"), "expected a port from 1 to 65535, found 0. Sites have to know it");
        }
    }

    private void readLaboratory(Node node) {
        Map<String, Node> fields = yaml.mapping(node, Set.of("id", "recipients"), Set.of());
        SiteId id = newSite(fields.get("id"));
        List<SiteId> recipients = new ArrayList<>();
        for (Node each : yaml.sequence(fields.get("recipients"), "a list such as [BE-RC, LS-RC]")) {
            SiteId recipient = judged(each, AN_ID, SiteId::of);
            if (recipient != null && !centres.contains(recipient)) {
                yaml.fault(each, "expected one of the centres " + centres + ", found " + recipient + ". Add it there");
            } else if (recipients.contains(recipient)) {
                yaml.fault(each, "expected each recipient once, found " + recipient + " again. Remove one");
            } else if (recipient != null) {
                recipients.add(recipient);
            }
        }
        if (recipients.isEmpty() && fields.get("recipients") != null) {
            yaml.fault(fields.get("recipients"), "expected at least one recipient, found none. Name a centre");
        }
        if (id != null) {
            laboratories.put(id, recipients);
        }
    }

    private SiteId newSite(Node node) {
        SiteId id = judged(node, AN_ID, SiteId::of);
        if (id != null && known.contains(id)) {
            yaml.fault(node, "expected each site once, found " + id + " again. Remove one");
        }
        known.add(id);
        return id;
    }

    /** Null when the node is null, or, after a fault, holds none. */
    private <T> T judged(Node node, String expected, Function<String, T> reading) {
        String text = yaml.word(node, expected);
        if (text == null) {
            return null;
        }
        try {
            return reading.apply(text);
        } catch (IllegalArgumentException e) {
            yaml.fault(node, "expected " + expected + ", found '" + Printable.of(text) + "'. Correct it");
            return null;
        }
    }
}
