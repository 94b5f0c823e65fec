package io.saddlebag.cli.home;

import io.saddlebag.message.SiteId;
import io.saddlebag.site.camel.ClasspathFolder;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The files that people edit in a new home: those of a site of the scenario, with the names of another network in them. */
final class SiteConfiguration {
    private static final Map<SiteKind, SiteId> EXAMPLES = Map.of(
            SiteKind.HQ, SiteId.of("DC-HQ"), SiteKind.LAB, SiteId.of("FL-LAB"), SiteKind.CENTRE, SiteId.of("CA-RC"));
    private static final Pattern RECIPIENT_LINES = Pattern.compile("(?m)(?:^recipient\\..*\n)+");
    private static final Pattern RECIPIENTS_OF_ROUTE = Pattern.compile("(name: recipients, value: )\"[^\"]*\"");
    /** The line of a laboratory without recipients, which does not start until somebody names one. */
    private static final String NO_RECIPIENT = "# recipient.BOS-RC=bos_rc\n";

    private static final String NO_SITES = """
            exchanges: [labs]

            # One line for each centre. docs/configuration-hq.md has a whole example.
            queues: []
            #  - {name: bos_rc_queue, site: BOS-RC}

            bindings: []
            #  - {exchange: labs, routing_key: bos_rc, queue: bos_rc_queue}

            # One line for each laboratory and each centre.
            sites: []
            #  - {id: FL-LAB, publish: [labs]}
            #  - {id: BOS-RC, consume: [bos_rc_queue]}
            """;

    private SiteConfiguration() {}

    /** By path in the home: the scenario's own for its sites, for another site those of its kind without other sites' names. */
    static Map<String, String> of(SiteId site, SiteKind kind) throws IOException {
        Map<String, String> own = read(site, site);
        if (!own.isEmpty()) {
            return own;
        }
        return named(read(EXAMPLES.get(kind), site), Map.of(), NO_RECIPIENT, "BOS-RC", NO_SITES);
    }

    /** By path in the home, as the network says. */
    static Map<String, String> of(SiteId site, Network network) throws IOException {
        SiteKind kind = network.kindOf(site);
        Map<String, String> settings = new LinkedHashMap<>();
        if (kind != SiteKind.HQ) {
            settings.put("hq.host", network.host().value());
            settings.put("hq.id", network.headquarters().value());
        }
        settings.put("hq.port", Integer.toString(network.port()));
        List<SiteId> recipients = network.laboratories().getOrDefault(site, List.of());
        return named(
                read(EXAMPLES.get(kind), site),
                settings,
                recipients.stream()
                        .map(each -> "recipient." + each + "=" + Network.routingKey(each) + "\n")
                        .collect(Collectors.joining()),
                recipients.stream().map(SiteId::value).collect(Collectors.joining(",")),
                network.topology());
    }

    private static Map<String, String> named(
            Map<String, String> files,
            Map<String, String> settings,
            String recipientLines,
            String recipientsOfRoute,
            String topology) {
        files.replaceAll((name, text) -> switch (name) {
            case "application.properties" ->
                with(RECIPIENT_LINES.matcher(text).replaceFirst(Matcher.quoteReplacement(recipientLines)), settings);
            case "topology.yaml" -> text.substring(0, text.indexOf("exchanges:")) + topology;
            default ->
                RECIPIENTS_OF_ROUTE
                        .matcher(text)
                        .replaceAll("$1" + Matcher.quoteReplacement('"' + recipientsOfRoute + '"'));
        });
        return files;
    }

    /** The text with lines of settings, each in the place of the one there is, or of a commented one. */
    static String with(String text, Map<String, String> settings) {
        String made = text;
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            String line = setting.getKey() + "=" + setting.getValue();
            String set = "[ \\t]*" + Pattern.quote(setting.getKey()) + "[ \\t]*=.*$";
            Matcher present = Pattern.compile("(?m)^" + set).matcher(made);
            Matcher commented = Pattern.compile("(?m)^#" + set).matcher(made);
            if (present.find()) {
                made = present.replaceAll(Matcher.quoteReplacement(line));
            } else if (commented.find()) {
                made = commented.replaceFirst(Matcher.quoteReplacement(line));
            } else {
                made += (made.isEmpty() || made.endsWith("\n") ? "" : "\n") + line + "\n";
            }
        }
        return made;
    }

    /** The text without the lines of a setting. */
    static String without(String text, String name) {
        return text.replaceAll("(?m)^[ \\t]*" + Pattern.quote(name) + "[ \\t]*=.*\\R?", "");
    }

    /** The example's files with the site's name in the place of the example's; none when there is no such example. */
    private static Map<String, String> read(SiteId example, SiteId site) throws IOException {
        SortedMap<String, URL> files = new ClasspathFolder(
                        SiteConfiguration.class.getClassLoader(), "saddlebag/config/" + example.folderName())
                .files();
        Map<String, String> texts = new TreeMap<>();
        for (Map.Entry<String, URL> file : files.entrySet()) {
            try (InputStream in = file.getValue().openStream()) {
                texts.put(
                        file.getKey(),
                        new String(in.readAllBytes(), StandardCharsets.UTF_8)
                                .replace(example.value(), site.value())
                                .replace(example.folderName(), site.folderName())
                                .replace(Network.routingKey(example), Network.routingKey(site)));
            }
        }
        return texts;
    }
}
