package io.saddlebag.cli.home;

import io.saddlebag.hq.HqApplication;
import io.saddlebag.identity.Role;
import io.saddlebag.lab.LabApplication;
import io.saddlebag.message.SiteId;
import io.saddlebag.rc.RcApplication;
import io.saddlebag.site.SiteApplication;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.util.Map;
import java.util.Optional;

/** What a site is: which application runs it, what its certificates allow, how its id ends. */
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

    public SiteApplication application(SiteHome home, Map<String, String> overrides) throws SiteStartException {
        return application.in(home, overrides);
    }

    /** As the id's ending tells: {@code -LAB}, {@code -RC}, {@code -HQ}. */
    public static Optional<SiteKind> of(SiteId site) {
        for (SiteKind kind : values()) {
            if (site.value().endsWith(kind.ending)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    @FunctionalInterface
    private interface Application {
        SiteApplication in(SiteHome home, Map<String, String> overrides) throws SiteStartException;
    }
}
