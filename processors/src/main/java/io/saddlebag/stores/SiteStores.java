package io.saddlebag.stores;

import io.saddlebag.files.Presence;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The stores of a laboratory or a centre: its journal, its work folder, and the folders that it shares with people. A store
 * that is not this home's own ends the start.
 *
 * @param journal of the journal's disk
 * @param work of the work folder's disk
 * @param own of both
 */
public record SiteStores(Presence journal, Presence work, Presence own, Map<Path, Presence> sharedFolders) {
    /**
     * @param adopted names of stores that are this home's from now on
     * @param sharedFolders absolute
     * @throws SiteStartException with a line for each store that is absent, empty or foreign
     */
    public static SiteStores admit(SiteHome home, Set<String> adopted, Path journalFile, Collection<Path> sharedFolders)
            throws SiteStartException {
        HomeStores stores = HomeStores.open(home, adopted);
        JournalStore journal = new JournalStore(journalFile);
        FolderStore work = FolderStore.own("work", home.work());
        Map<Path, FolderStore> shared = new HashMap<>();
        sharedFolders.forEach(each -> shared.put(each, FolderStore.shared(home.nameOf(each), each)));
        List<Store> all = new ArrayList<>(List.of(journal, work));
        all.addAll(shared.values());
        stores.admit(all);
        Presence journalDisk = stores.watch(FolderStore.own(journal.name(), home.journal()));
        Presence workDisk = stores.watch(work);
        Map<Path, Presence> presences = new HashMap<>();
        shared.forEach((folder, store) -> presences.put(folder, stores.watch(store)));
        return new SiteStores(journalDisk, workDisk, Presence.all(workDisk, journalDisk), presences);
    }

    /** The presence of a shared folder's disk. */
    public Presence shared(Path folder) {
        return sharedFolders.getOrDefault(folder, Presence.ALWAYS);
    }
}
