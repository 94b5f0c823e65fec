package io.saddlebag.cli.home;

import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.stomp.HostName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The sites of a network and who sends to whom. Each centre has a queue and a routing key that are named after it.
 *
 * @param host under which the others reach headquarters
 * @param laboratories each with its recipients, which are centres
 */
public record Network(
        SiteId headquarters, HostName host, int port, List<SiteId> centres, Map<SiteId, List<SiteId>> laboratories) {

    /** @throws SiteStartException when anything in the file is wrong; one line a fault, with file, line and remedy */
    public static Network read(Path file) throws IOException, SiteStartException {
        return NetworkFile.read(file);
    }

    /** Headquarters first. */
    public List<SiteId> sites() {
        List<SiteId> sites = new ArrayList<>();
        sites.add(headquarters);
        sites.addAll(centres);
        sites.addAll(laboratories.keySet());
        return sites;
    }

    /** As the section says that names the site, whatever the ending of its id. */
    public SiteKind kindOf(SiteId site) {
        if (site.equals(headquarters)) {
            return SiteKind.HQ;
        }
        return laboratories.containsKey(site) ? SiteKind.LAB : SiteKind.CENTRE;
    }

    /** Such as {@code be_rc}, whose queue is {@code be_rc_queue}. */
    static String routingKey(SiteId centre) {
        return centre.folderName().replace('-', '_');
    }

    /** The lines of {@code topology.yaml}. */
    String topology() {
        return "exchanges: [labs]\n\nqueues:\n"
                + lines(centres, centre -> "{name: " + routingKey(centre) + "_queue, site: " + centre + "}")
                + "\nbindings:\n"
                + lines(
                        centres,
                        centre -> "{exchange: labs, routing_key: " + routingKey(centre) + ", queue: "
                                + routingKey(centre) + "_queue}")
                + "\nsites:\n"
                + lines(List.copyOf(laboratories.keySet()), lab -> "{id: " + lab + ", publish: [labs]}")
                + lines(centres, centre -> "{id: " + centre + ", consume: [" + routingKey(centre) + "_queue]}");
    }

    private static String lines(List<SiteId> sites, Function<SiteId, String> line) {
        return sites.stream().map(site -> "  - " + line.apply(site) + "\n").collect(Collectors.joining());
    }
}
