package io.saddlebag.bench;

import io.saddlebag.identity.CertificateAuthority;
import io.saddlebag.identity.Role;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The sites of a load: a CA of its own, headquarters' home, and identities for publishers and recipients. */
public final class LoadNetwork {
    static final SiteId HQ = SiteId.of("DC-HQ");

    private final SiteHome hqHome;
    private final List<SiteIdentity> publishers;
    private final List<SiteIdentity> recipients;

    private LoadNetwork(SiteHome hqHome, List<SiteIdentity> publishers, List<SiteIdentity> recipients) {
        this.hqHome = hqHome;
        this.publishers = publishers;
        this.recipients = recipients;
    }

    /**
     * Makes everything anew.
     *
     * @param folder empty or not there
     * @param settings for headquarters, beside those that the load needs
     */
    public static LoadNetwork create(Path folder, Load load, Map<String, String> settings)
            throws IOException, SiteStartException {
        CertificateAuthority authority = CertificateAuthority.create(folder.resolve("ca"), "Load CA");
        SiteHome hqHome = new SiteHome(folder.resolve(HQ.folderName()));
        authority.issue(HQ, Role.HQ, List.of(), hqHome.identity());
        List<SiteIdentity> publishers = issue(authority, folder, Role.LAB, "LAB", load.publishers());
        List<SiteIdentity> recipients = issue(authority, folder, Role.CENTRE, "RC", load.recipients());
        LoadNetwork network = new LoadNetwork(hqHome, publishers, recipients);
        Files.writeString(hqHome.folder().resolve("topology.yaml"), network.topology());
        Files.writeString(hqHome.settingsFile(), settings(settings));
        return network;
    }

    private static List<SiteIdentity> issue(
            CertificateAuthority authority, Path folder, Role role, String suffix, int count)
            throws IOException, SiteStartException {
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
        for (SiteIdentity recipient : recipients) {
            text.append("  - {name: ").append(Workload.queue(recipient.site()));
            text.append(", site: ").append(recipient.site()).append("}\n");
        }
        text.append("bindings:\n");
        for (SiteIdentity recipient : recipients) {
            text.append("  - {exchange: ").append(Workload.EXCHANGE);
            text.append(", routing_key: ").append(Workload.routingKey(recipient.site()));
            text.append(", queue: ").append(Workload.queue(recipient.site())).append("}\n");
        }
        text.append("sites:\n");
        for (SiteIdentity publisher : publishers) {
            text.append("  - {id: ").append(publisher.site());
            text.append(", publish: [").append(Workload.EXCHANGE).append("]}\n");
        }
        for (SiteIdentity recipient : recipients) {
            text.append("  - {id: ").append(recipient.site());
            text.append(", consume: [").append(Workload.queue(recipient.site())).append("]}\n");
        }
        return text.toString();
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

    List<SiteId> recipientIds() {
        return recipients.stream().map(SiteIdentity::site).toList();
    }
}
