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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The sites of a load: a CA of its own, headquarters' home, and identities for publishers and recipients. */
public final class LoadNetwork {
    static final SiteId HQ = SiteId.of("DC-HQ");

    private final SiteHome hqHome;
    private final List<SiteIdentity> publishers;
    private final List<SiteIdentity> recipients;
    private final List<SiteIdentity> idle;
    /** The site that fills the backlog, and the absent one that does not fetch it; both lists are empty without a backlog. */
    private final List<SiteIdentity> filler;

    private final List<SiteIdentity> absent;

    private LoadNetwork(SiteHome hqHome, CertificateAuthority authority, Path folder, Load load) throws IOException {
        this.hqHome = hqHome;
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
        StringBuilder text =
                new StringBuilder("site.id=" + HQ + "\nhq.host=127.0.0.1\nhq.port=0\nhq.database.port=0\n");
        more.forEach(
                (name, value) -> text.append(name).append('=').append(value).append('\n'));
        return text.toString();
    }

    private String topology() {
        StringBuilder text = new StringBuilder("exchanges: [" + Workload.EXCHANGE + "]\nqueues:\n");
        for (SiteIdentity recipient : receivers()) {
            text.append("  - {name: ").append(Workload.queue(recipient.site()));
            text.append(", site: ").append(recipient.site()).append("}\n");
        }
        text.append("bindings:\n");
        for (SiteIdentity recipient : receivers()) {
            text.append("  - {exchange: ").append(Workload.EXCHANGE);
            text.append(", routing_key: ").append(Workload.routingKey(recipient.site()));
            text.append(", queue: ").append(Workload.queue(recipient.site())).append("}\n");
        }
        text.append("sites:\n");
        for (SiteIdentity publisher : senders()) {
            text.append("  - {id: ").append(publisher.site());
            text.append(", publish: [").append(Workload.EXCHANGE).append("]}\n");
        }
        for (SiteIdentity recipient : receivers()) {
            text.append("  - {id: ").append(recipient.site());
            text.append(", consume: [").append(Workload.queue(recipient.site())).append("]}\n");
        }
        return text.toString();
    }

    private List<SiteIdentity> senders() {
        return Stream.of(publishers, filler).flatMap(List::stream).toList();
    }

    private List<SiteIdentity> receivers() {
        return Stream.of(recipients, idle, absent).flatMap(List::stream).toList();
    }

    public SiteHome hqHome() {
        return hqHome;
    }

    SiteIdentity publisher(int index) {
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

    List<SiteId> recipientIds() {
        return recipients.stream().map(SiteIdentity::site).toList();
    }
}
