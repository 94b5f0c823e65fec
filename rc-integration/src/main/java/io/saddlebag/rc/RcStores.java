package io.saddlebag.rc;

import io.saddlebag.files.Presence;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.stores.FolderStore;
import io.saddlebag.stores.HomeStores;
import io.saddlebag.stores.JournalStore;
import io.saddlebag.stores.Store;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A centre's stores: journal, work folder, outboxes. A store that is not this home's own aborts start-up. */
final class RcStores {
    private final JournalStore journal;
    private final Presence journalFolder;
    private final Presence work;
    private final Map<Path, Presence> outboxes = new HashMap<>();

    private RcStores(JournalStore journal, Presence journalFolder, Presence work) {
        this.journal = journal;
        this.journalFolder = journalFolder;
        this.work = work;
    }

    /**
     * @param outboxes folders of the routes, absolute
     * @throws SiteStartException with a line for each store that is absent, empty or foreign
     */
    static RcStores admit(SiteHome home, HomeStores stores, Set<Path> outboxes) throws SiteStartException {
        JournalStore journal = new JournalStore(home.journal().resolve("rc.db"));
        FolderStore work = FolderStore.own("work", home.work());
        List<Store> all = new ArrayList<>(List.of(journal, work));
        Map<Path, FolderStore> byFolder = new HashMap<>();
        for (Path each : outboxes) {
            FolderStore outbox = FolderStore.shared(home.nameOf(each), each);
            byFolder.put(each, outbox);
            all.add(outbox);
        }
        stores.admit(all);
        RcStores admitted = new RcStores(
                journal, stores.watch(FolderStore.own(journal.name(), home.journal())), stores.watch(work));
        byFolder.forEach((folder, store) -> admitted.outboxes.put(folder, stores.watch(store)));
        return admitted;
    }

    Path journalFile() {
        return journal.file();
    }

    Presence journal() {
        return journalFolder;
    }

    Presence work() {
        return work;
    }

    /** @param folder of a route, absolute */
    Presence outbox(Path folder) {
        return outboxes.getOrDefault(folder, Presence.ALWAYS);
    }
}
