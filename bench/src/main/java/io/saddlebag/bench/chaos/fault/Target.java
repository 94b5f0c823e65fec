package io.saddlebag.bench.chaos.fault;

import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.message.SiteId;
import java.util.List;

/** Targets of faults: a site's process, or headquarters' PostgreSQL. */
public enum Target {
    HQ(ScenarioHomes.HEADQUARTERS),
    POSTGRES(ScenarioHomes.HEADQUARTERS),
    FL_LAB(SiteId.of("FL-LAB")),
    PA_LAB(SiteId.of("PA-LAB")),
    CA_RC(SiteId.of("CA-RC")),
    NY_RC(SiteId.of("NY-RC")),
    SF_RC(SiteId.of("SF-RC"));

    public static final List<Target> LABS = List.of(FL_LAB, PA_LAB);
    public static final List<Target> CENTRES = List.of(CA_RC, NY_RC, SF_RC);
    /** Every process of ours. */
    public static final List<Target> SITES = List.of(HQ, CA_RC, NY_RC, SF_RC, FL_LAB, PA_LAB);
    /** Sites that connect to headquarters. */
    public static final List<Target> CLIENTS = List.of(CA_RC, NY_RC, SF_RC, FL_LAB, PA_LAB);
    /** Sites with a small disk, where it can be mounted: one of each kind. */
    public static final List<Target> SMALL_DISKS = List.of(HQ, PA_LAB, NY_RC);

    /** Sites whose wall clock steps: one of each kind. */
    public static final List<Target> CLOCKS = List.of(HQ, FL_LAB, CA_RC);
    /** Sites whose journal loses a bit: one of each kind that has one. */
    static final List<Target> FLIPPED_JOURNALS = List.of(PA_LAB, SF_RC);

    private final SiteId site;

    Target(SiteId site) {
        this.site = site;
    }

    public SiteId site() {
        return site;
    }
}
