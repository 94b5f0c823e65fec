package io.saddlebag.bench.load;

import io.saddlebag.identity.Role;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.identity.ca.CertificateAuthority;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The sites of a load: a CA of its own, headquarters' home, and identities for publishers and recipients. */
public final class LoadNetwork {
    static final SiteId HQ = SiteId.of("DC-HQ");

    private final SiteHome hqHome;
    private List<SiteHome> hqHomes;
    private final List<SiteIdentity> publishers;
    private final List<SiteIdentity> recipients;
    private final List<SiteIdentity> idle;
    /** The site that fills the backlog, and the absent one that does not fetch it; both lists are empty without a backlog. */
    private final List<SiteIdentity> filler;

    private final List<SiteIdentity> absent;

    private LoadNetwork(SiteHome hqHome, CertificateAuthority authority, Path folder, Load load) throws IOException {
        this.hqHome = hqHome;
        this.hqHomes = List.of(hqHome);
        publishers = issue(authority, folder, Role.LAB, "LAB", load.publishers());
        recipients = issue(authority, folder, Role.CENTRE, "RC", load.recipients());
        idle = issue(authority, folder, Role.CENTRE, "IDLE", load.queues());
        filler = issue(authority, folder, Role.LAB, "FILLER", load.backlog() == 0 ? 0 : 1);
        absent = issue(authority, folder, Role.CENTRE, "ABSENT", load.backlog() == 0 ? 0 : 1);
    }

    /**
     * Makes everything anew.
     *
     * @param folder empty or not there
     * @param more settings for headquarters than the load needs
     */
    public static LoadNetwork create(Path folder, Load load, Map<String, String> settings) throws IOException {
        CertificateAuthority authority = CertificateAuthority.create(folder.resolve("ca"), "Load CA");
        SiteHome hqHome = new SiteHome(folder.resolve(HQ.folderName()));
        authority.issue(HQ, Role.HQ, List.of(), hqHome.identity());
        LoadNetwork network = new LoadNetwork(hqHome, authority, folder, load);
        Files.writeString(hqHome.folder().resolve("topology.yaml"), network.topology());
        Map<String, String> all = new LinkedHashMap<>();
        all.put("hq.max-connections", Integer.toString(1000 + load.queues()));
        all.putAll(settings);
        Files.writeString(hqHome.settingsFile(), settings(all));
        return network;
    }

    private static List<SiteIdentity> issue(
            CertificateAuthority authority, Path folder, Role role, String suffix, int count) throws IOException {
        List<SiteIdentity> sites = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            SiteId site = SiteId.of("B" + i + "-" + suffix);
            Path identity = new SiteHome(folder.resolve(site.folderName())).identity();
            authority.issue(site, role, List.of(), identity);
            sites.add(SiteIdentity.load(identity));
        }
        return sites;
    }

    private static String settings(Map<String, String> more) {
        return "site.id=" + HQ + "\nhq.host=127.0.0.1\nhq.port=0\nhq.database.port=0\n"
                + lines(more.entrySet(), setting -> setting.getKey() + "=" + setting.getValue());
    }

    private String topology() {
        List<SiteId> senders = ids(Stream.of(publishers, filler));
        List<SiteId> receivers = ids(Stream.of(recipients, idle, absent));
        return "exchanges: [" + Workload.EXCHANGE + "]\nqueues:\n"
                + lines(receivers, site -> "  - {name: %s, site: %s}".formatted(Workload.queue(site), site))
                + "bindings:\n"
                + lines(receivers, site -> "  - {exchange: %s, routing_key: %s, queue: %s}"
                        .formatted(Workload.EXCHANGE, Workload.routingKey(site), Workload.queue(site)))
                + "sites:\n"
                + lines(senders, site -> "  - {id: %s, publish: [%s]}".formatted(site, Workload.EXCHANGE))
                + lines(receivers, site -> "  - {id: %s, consume: [%s]}".formatted(site, Workload.queue(site)));
    }

    private static <T> String lines(Collection<T> all, Function<T, String> line) {
        return all.stream().map(each -> line.apply(each) + "\n").collect(Collectors.joining());
    }

    private static List<SiteId> ids(Stream<List<SiteIdentity>> groups) {
        return groups.flatMap(List::stream).map(SiteIdentity::site).toList();
    }

    public SiteHome hqHome() {
        return hqHome;
    }

    /** One for each node. */
    List<SiteHome> hqHomes() {
        return hqHomes;
    }

    /** Puts nodes in the place of the one headquarters that was made. */
    public void nodes(List<SiteHome> homes) {
        hqHomes = List.copyOf(homes);
    }

    public SiteIdentity publisher(int index) {
        return publishers.get(index);
    }

    SiteIdentity recipient(int index) {
        return recipients.get(index);
    }

    SiteIdentity idle(int index) {
        return idle.get(index);
    }

    SiteIdentity filler() {
        return filler.get(0);
    }

    SiteIdentity absent() {
        return absent.get(0);
    }

    public List<SiteId> recipientIds() {
        return ids(Stream.of(recipients));
    }
}
