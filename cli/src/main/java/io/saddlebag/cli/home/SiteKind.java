package io.saddlebag.cli.home;

import io.saddlebag.hq.HqApplication;
import io.saddlebag.identity.Role;
import io.saddlebag.lab.LabApplication;
import io.saddlebag.message.SiteId;
import io.saddlebag.rc.RcApplication;
import io.saddlebag.site.SiteApplication;
import io.saddlebag.site.SiteClocks;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Kinds of sites: the application, the role in the certificates, the ending of the id. */
public enum SiteKind {
    HQ("hq", "-HQ", Role.HQ, HqApplication::new),
    LAB("lab", "-LAB", Role.LAB, LabApplication::new),
    CENTRE("rc", "-RC", Role.CENTRE, RcApplication::new);

    private final String command;
    private final String ending;
    private final Role role;
    private final Application application;

    SiteKind(String command, String ending, Role role, Application application) {
        this.command = command;
        this.ending = ending;
        this.role = role;
        this.application = application;
    }

    /** The subcommand that runs such a site. */
    public String command() {
        return command;
    }

    public Role role() {
        return role;
    }

    /**
     * @param overrides settings that count before those of the home's file
     * @param adopted names of stores that are this home's from now on
     */
    public SiteApplication application(SiteHome home, Map<String, String> overrides, Set<String> adopted)
            throws SiteStartException {
        return application.in(home, overrides, adopted, SiteClocks.ofSystem());
    }

    /** As the id's ending tells: {@code -LAB}, {@code -RC}, {@code -HQ}. */
    public static Optional<SiteKind> of(SiteId site) {
        return Stream.of(values())
                .filter(kind -> site.value().endsWith(kind.ending))
                .findFirst();
    }

    @FunctionalInterface
    private interface Application {
        SiteApplication in(SiteHome home, Map<String, String> overrides, Set<String> adopted, SiteClocks clocks)
                throws SiteStartException;
    }
}
