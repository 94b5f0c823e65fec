package io.saddlebag.bench.chaos.fault;

import io.saddlebag.site.SiteHome;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A folder of a site that has a disk of its own during a run; in an order in which few faults meet every kind of site. */
public enum DiskPlace {
    HQ_SPOOL(Target.HQ, "spool", false),
    LAB_JOURNAL(Target.FL_LAB, "journal", false),
    CENTRE_OUTBOX(Target.CA_RC, "outbox", true),
    HQ_DATABASE(Target.HQ, "postgres", false),
    CENTRE_JOURNAL(Target.CA_RC, "journal", false),
    LAB_DROP(Target.FL_LAB, "drop", true),
    CENTRE_WORK(Target.CA_RC, "work", false);

    /** Folders that people reach too, often on a share. */
    static final List<DiskPlace> SHARES =
            Stream.of(values()).filter(place -> place.isShare).toList();

    static final List<DiskPlace> STORES =
            Stream.of(values()).filter(place -> !place.isShare).toList();

    private final Target target;
    private final String folder;
    private final boolean isShare;

    DiskPlace(Target target, String folder, boolean isShare) {
        this.target = target;
        this.folder = folder;
        this.isShare = isShare;
    }

    public Target target() {
        return target;
    }

    public Path in(SiteHome home) {
        return home.resolve(folder);
    }
}
