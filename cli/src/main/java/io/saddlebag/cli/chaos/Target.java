package io.saddlebag.cli.chaos;

import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.message.SiteId;
import java.util.List;

/** Whom a fault can meet: a site's process, or headquarters' PostgreSQL. */
enum Target {
    HQ(ScenarioHomes.HEADQUARTERS),
    POSTGRES(ScenarioHomes.HEADQUARTERS),
    FL_LAB(SiteId.of("FL-LAB")),
    PA_LAB(SiteId.of("PA-LAB")),
    CA_RC(SiteId.of("CA-RC")),
    NY_RC(SiteId.of("NY-RC")),
    SF_RC(SiteId.of("SF-RC"));

    static final List<Target> LABS = List.of(FL_LAB, PA_LAB);
    static final List<Target> CENTRES = List.of(CA_RC, NY_RC, SF_RC);
    /** Every process of ours. */
    static final List<Target> SITES = List.of(HQ, CA_RC, NY_RC, SF_RC, FL_LAB, PA_LAB);
    /** Who connects to headquarters. */
    static final List<Target> CLIENTS = List.of(CA_RC, NY_RC, SF_RC, FL_LAB, PA_LAB);
    /** Whose disk is small when there is a way to make it so: one of each kind of site. */
    static final List<Target> SMALL_DISKS = List.of(HQ, PA_LAB, NY_RC);

    /** Whose wall clock steps: one of each kind of site. */
    static final List<Target> CLOCKS = List.of(HQ, FL_LAB, CA_RC);
    /** Whose journal loses a bit: one of each kind of site that has one. */
    static final List<Target> FLIPPED_JOURNALS = List.of(PA_LAB, SF_RC);

    private final SiteId site;

    Target(SiteId site) {
        this.site = site;
    }

    SiteId site() {
        return site;
    }
}
