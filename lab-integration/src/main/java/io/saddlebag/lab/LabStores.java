package io.saddlebag.lab;

import io.saddlebag.files.Presence;
import io.saddlebag.lab.message.DropFolder;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.stores.FolderStore;
import io.saddlebag.stores.HomeStores;
import io.saddlebag.stores.JournalStore;
import io.saddlebag.stores.Store;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The stores of a laboratory: its journal, its work folder, its drop folders. A store that is not this home's own ends
 * the start.
 */
final class LabStores {
    private final JournalStore journal;
    private final Presence work;
    private final Presence own;
    private final Map<Path, Presence> dropFolders = new HashMap<>();

    private LabStores(JournalStore journal, Presence work, Presence own) {
        this.journal = journal;
        this.work = work;
        this.own = own;
    }

    /** @throws SiteStartException with a line for each store that is absent, empty or foreign */
    static LabStores admit(SiteHome home, HomeStores stores, Collection<DropFolder> dropFolders)
            throws SiteStartException {
        JournalStore journal = new JournalStore(home.journal().resolve("lab.db"));
        FolderStore work = FolderStore.own("work", home.work());
        List<Store> all = new ArrayList<>(List.of(journal, work));
        Map<Path, FolderStore> byFolder = new HashMap<>();
        for (DropFolder each : dropFolders) {
            Path folder = home.resolve(each.directory());
            FolderStore store = FolderStore.shared(home.nameOf(folder), folder);
            byFolder.put(folder, store);
            all.add(store);
        }
        stores.admit(all);
        Presence workDisk = stores.watch(work);
        Presence journalDisk = stores.watch(FolderStore.own(journal.name(), home.journal()));
        LabStores admitted = new LabStores(journal, workDisk, Presence.all(workDisk, journalDisk));
        byFolder.forEach((folder, store) -> admitted.dropFolders.put(folder, stores.watch(store)));
        return admitted;
    }

    Path journalFile() {
        return journal.file();
    }

    Presence work() {
        return work;
    }

    /** The presence of a drop folder and of all other stores that a claim from it needs. */
    Presence dropFolder(Path folder) {
        return Presence.all(dropFolders.getOrDefault(folder, Presence.ALWAYS), own);
    }
}
