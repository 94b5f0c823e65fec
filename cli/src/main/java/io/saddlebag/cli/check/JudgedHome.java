package io.saddlebag.cli.check;

import io.saddlebag.cli.home.SiteKind;
import io.saddlebag.clock.RunningTime;
import io.saddlebag.hq.HqCheck;
import io.saddlebag.identity.PemFiles;
import io.saddlebag.identity.SiteNames;
import io.saddlebag.lab.LabCheck;
import io.saddlebag.message.Printable;
import io.saddlebag.message.SiteId;
import io.saddlebag.rc.RcCheck;
import io.saddlebag.site.NameTrial;
import io.saddlebag.site.OwnIdentity;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteCheck;
import io.saddlebag.site.SiteClocks;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A home that was judged as its site's start does.
 *
 * @param site as the settings say
 * @param faults a line each
 * @param trial empty when settings, routes or topology have a fault
 */
public record JudgedHome(String site, SiteKind kind, List<String> faults, Optional<NameTrial> trial) {
    /**
     * @param kind null to find it out
     * @param overrides settings that count before those of the home's file
     * @throws SiteStartException when there is no home, or its kind cannot be found out
     */
    public static JudgedHome of(SiteHome home, SiteKind kind, Map<String, String> overrides)
            throws SiteStartException, IOException {
        Settings.require(home);
        String site = Settings.read(home).getProperty(OwnIdentity.SITE_ID, "").strip();
        SiteKind found = kind == null ? kindOf(home, site) : kind;
        SiteCheck check = new SiteCheck();
        SiteClocks clocks = SiteClocks.ofSystem();
        RunningTime time = new RunningTime(clocks.wall(), clocks.steady());
        Optional<NameTrial> trial =
                switch (found) {
                    case HQ -> HqCheck.run(home, overrides, time, check);
                    case LAB -> LabCheck.run(home, overrides, time, check);
                    case CENTRE -> RcCheck.run(home, overrides, time, check);
                };
        return new JudgedHome(Printable.of(site), found, check.faults(), trial);
    }

    /** By the ending of the id, the role in the certificate, or the topology. */
    private static SiteKind kindOf(SiteHome home, String site) throws SiteStartException {
        Optional<SiteKind> byName = siteId(site).flatMap(SiteKind::of);
        if (byName.isPresent()) {
            return byName.get();
        }
        try {
            String role = SiteNames.roleIn(
                            PemFiles.readCertificate(home.identity().resolve("signing.crt")))
                    .map(each -> each.certified())
                    .orElse("");
            Optional<SiteKind> byRole = Stream.of(SiteKind.values())
                    .filter(each -> each.role().certified().equals(role))
                    .findFirst();
            if (byRole.isPresent()) {
                return byRole.get();
            }
        } catch (IOException e) {
            // No certificate yet.
        }
        if (Files.exists(home.resolve("topology.yaml"))) {
            return SiteKind.HQ;
        }
        throw new SiteStartException(home.settingsFile() + ": expected a site.id that ends in -HQ, -LAB or -RC, found '"
                + Printable.of(site) + "' and no certificate. Say which kind of site it is, with --kind");
    }

    private static Optional<SiteId> siteId(String text) {
        try {
            return Optional.of(SiteId.of(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
