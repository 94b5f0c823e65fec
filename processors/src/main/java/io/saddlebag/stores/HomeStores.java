package io.saddlebag.stores;

import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.files.AtomicFiles;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Printable;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Admits the stores of a home at its start. A store that the home notes as made must be there and bear the home's
 * identity; one that is not noted is made, unless it belongs to another home.
 *
 * <p>The order of making is: note that it begins, mark the store, note that it is made. A crash in between leaves a
 * note that it began, and the next start makes the store then. With the mark first, a home that lost its notes would
 * look like one whose first start crashed. It would make an empty store in the place of a disk that is not mounted.
 * With the note of "made" first, a crash would leave a home that does not start. For one thread.
 */
public final class HomeStores {
    private static final Logger LOG = LoggerFactory.getLogger(HomeStores.class);

    private final String home;
    private final StoreNotes notes;
    private final Set<String> adopted;

    private HomeStores(String home, StoreNotes notes, Set<String> adopted) {
        this.home = home;
        this.notes = notes;
        this.adopted = Set.copyOf(adopted);
    }

    /**
     * Reads what the home notes.
     *
     * @param adopted names of stores that are this home's from now on, whatever mark they bear
     * @throws SiteStartException when its notes or its identity cannot be read
     */
    public static HomeStores open(SiteHome home, Set<String> adopted) throws SiteStartException {
        try {
            StoreNotes notes = StoreNotes.read(home.identity());
            String id = HomeId.read(home.identity());
            if (id == null && notes.existed()) {
                throw new IOException(home.identity() + ": expected home.id next to stores.json, found none. Restore it"
                        + " from a back-up; its stores bear the identity too");
            }
            if (id == null) {
                AtomicFiles.createFolders(home.identity());
                HomeId.make(home.identity(), new SecureRandom());
                id = HomeId.read(home.identity());
            }
            return new HomeStores(id, notes, adopted);
        } catch (IOException e) {
            throw new SiteStartException(e.getMessage(), e);
        }
    }

    /**
     * Judges all stores of the home, then makes and marks those that are new or adopted. Changes nothing when one is
     * refused.
     *
     * @throws SiteStartException with a line for each that is noted and absent, empty or foreign
     */
    public void admit(Collection<? extends Store> stores) throws SiteStartException {
        Map<Store, Store.Found> found = look(stores);
        List<String> faults = new ArrayList<>();
        Set<String> unknown = new TreeSet<>(adopted);
        stores.forEach(store -> unknown.remove(store.name()));
        if (!unknown.isEmpty()) {
            faults.add("--adopt " + Printable.of(String.join(", ", unknown)) + ": expected one of "
                    + stores.stream().map(Store::name).collect(Collectors.joining(", "))
                    + "; found no such store. Correct the name");
        }
        boolean isNotesLost = !notes.existed()
                && found.entrySet().stream().anyMatch(each -> mark(each.getKey())
                        .equals(each.getValue().mark()));
        boolean isOlderHome = !notes.existed()
                && found.entrySet().stream()
                        .anyMatch(each ->
                                each.getKey().isVital() && each.getValue().state() == Store.State.UNMARKED);
        found.forEach((store, look) -> {
            String fault = adopted.contains(store.name()) ? null : fault(store, look, isNotesLost, isOlderHome);
            if (fault != null) {
                faults.add(fault);
            }
        });
        if (!faults.isEmpty()) {
            throw new SiteStartException(String.join(System.lineSeparator(), faults));
        }
        try {
            make(found);
        } catch (IOException e) {
            throw new SiteStartException("The stores of this home cannot be noted: " + e.getMessage(), e);
        }
    }

    /** True when the home notes that it made that store. */
    public boolean isMade(String store) {
        return notes.isMade(store);
    }

    private static Map<Store, Store.Found> look(Collection<? extends Store> stores) throws SiteStartException {
        Map<Store, Store.Found> found = new LinkedHashMap<>();
        for (Store store : stores) {
            try {
                found.put(store, store.look());
            } catch (IOException e) {
                throw new SiteStartException(
                        "store " + Printable.of(store.name()) + ": " + store.place() + " cannot be looked at: "
                                + e.getMessage(),
                        e);
            }
        }
        return found;
    }

    private Store.Mark mark(Store store) {
        return new Store.Mark(store.identity(home), store.name());
    }

    /** Null when it is admitted. */
    private String fault(Store store, Store.Found found, boolean isNotesLost, boolean isOlderHome) {
        if (mark(store).equals(found.mark())) {
            return null;
        }
        if (found.mark() != null) {
            return refused(store, found, "It belongs to another home or place; mount its own disk there");
        }
        if (notes.isMade(store.name())) {
            return isSameFolder(store, found) ? null : refused(store, found, "Mount the disk that belongs there");
        }
        boolean isBegun = notes.of(store.name()) != null;
        if (isNotesLost) {
            return refused(
                    store, found, "Another store of this home is there, so this one was made too; mount its disk");
        }
        if (isOlderHome && store.isVital() && found.isMissing()) {
            return refused(store, found, "Another store of this home holds something; mount the disk of this one");
        }
        // A home that never ran has no messages to lose: an operator may have prepared the folder.
        boolean isTaken = isBegun || !notes.existed() || store.isShared() || found.isMissing();
        return isTaken ? null : refused(store, found, "This home never made it; mount its own disk there");
    }

    /** A shared folder whose mark was deleted, and which is still the folder of the last start. */
    private boolean isSameFolder(Store store, Store.Found found) {
        String noted = notes.of(store.name()).key();
        return store.isShared() && found.state() == Store.State.UNMARKED && noted != null && noted.equals(found.key());
    }

    private String refused(Store store, Store.Found found, String remedy) {
        return "store " + Printable.of(store.name()) + ": expected at " + store.place() + " " + mark(store) + ", found "
                + found.description() + ". " + remedy + ", or start once with --adopt " + Printable.of(store.name())
                + " if this is to be that store from now on";
    }

    private void make(Map<Store, Store.Found> found) throws IOException, SiteStartException {
        List<Store> making = new ArrayList<>();
        found.forEach((store, look) -> {
            if (!mark(store).equals(look.mark())) {
                making.add(store);
                tell(store, look);
                if (!notes.isMade(store.name()) || adopted.contains(store.name())) {
                    notes.note(store.name(), false, null);
                }
            }
        });
        if (!making.isEmpty()) {
            notes.save();
            Failpoint.STORES_BEGUN.reached();
        }
        Set<Store> unmarkable = Set.copyOf(mark(making));
        Failpoint.STORES_MARKED.reached();
        boolean isChanged = !making.isEmpty();
        for (Store store : found.keySet()) {
            String key = store.look().key();
            StoreNotes.Note before = notes.of(store.name());
            StoreNotes.Note now = new StoreNotes.Note(!unmarkable.contains(store), key);
            if (!now.equals(before)) {
                notes.note(store.name(), now.made(), now.key());
                isChanged = true;
            }
        }
        if (isChanged) {
            notes.save();
        }
    }

    private void tell(Store store, Store.Found found) {
        if (adopted.contains(store.name())) {
            LOG.warn(
                    "store {}: {} is adopted, where {} was found",
                    Printable.of(store.name()),
                    store.place(),
                    found.description());
        } else if (notes.isMade(store.name())) {
            LOG.warn(
                    "store {}: {} had lost its mark {} and gets it again; give the folder the sticky bit, so that only"
                            + " the owner of a file can delete it",
                    Printable.of(store.name()),
                    store.place(),
                    FolderStore.MARKER);
        } else {
            LOG.info("store {}: {} is marked as this home's", Printable.of(store.name()), store.place());
        }
    }

    /** Returns those shared folders that this site may not write to; any other failure is one of the start. */
    private List<Store> mark(List<Store> making) throws SiteStartException {
        List<Store> unmarkable = new ArrayList<>();
        for (Store store : making) {
            try {
                store.mark(mark(store));
            } catch (IOException e) {
                if (!store.isShared()) {
                    throw new SiteStartException(
                            "store " + Printable.of(store.name()) + ": " + store.place() + " cannot be made: "
                                    + Printable.reason(FaultText.of(e))
                                    + ". Check its owner and mode, and the free space",
                            e);
                }
                LOG.warn(
                        "store {}: {} cannot be marked: {}. A missing disk is not noticed there at the next start; check"
                                + " the folder's owner and mode, and the free space",
                        Printable.of(store.name()),
                        store.place(),
                        Printable.reason(FaultText.of(e)));
                unmarkable.add(store);
            }
        }
        return unmarkable;
    }

    /** Watches a folder that was admitted. */
    public StoreWatch watch(FolderStore store) {
        return new StoreWatch(store, mark(store));
    }
}
