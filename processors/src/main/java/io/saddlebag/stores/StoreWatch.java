package io.saddlebag.stores;

import io.saddlebag.files.Presence;
import io.saddlebag.files.StoreAwayException;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Printable;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches, while a site runs, whether a folder is still the one that bears the mark: by device and inode, one stat a
 * question, and by the mark once these differ. Logs once that it is gone, once that it is back. For any thread.
 */
public final class StoreWatch implements Presence {
    private static final Logger LOG = LoggerFactory.getLogger(StoreWatch.class);

    private final FolderStore store;
    private final Store.Mark mark;
    /** Null while it could not be made yet. */
    private volatile Object key;

    private volatile boolean away;

    StoreWatch(FolderStore store, Store.Mark mark) {
        this.store = store;
        this.mark = mark;
        try {
            this.key = store.key();
        } catch (IOException e) {
            LOG.debug("{} cannot be looked at yet", store.place(), e);
        }
    }

    @Override
    public void require() throws StoreAwayException {
        String found;
        try {
            Object now = store.key();
            if (now != null && now.equals(key) && !away) {
                return;
            }
            if (key == null) {
                store.mark(mark);
                now = store.key();
            }
            if (now != null && (now.equals(key) || mark.equals(store.mark()))) {
                back(now);
                return;
            }
            found = store.look().description();
        } catch (IOException e) {
            found = Printable.reason(FaultText.of(e));
        }
        throw gone(found);
    }

    private synchronized void back(Object found) {
        key = found;
        if (away) {
            away = false;
            LOG.info("store {}: {} is there again", Printable.of(store.name()), store.place());
        }
    }

    private synchronized StoreAwayException gone(String found) {
        String reason = "expected the folder that bears the mark of " + mark + ", found " + found
                + ". Mount the disk that belongs there";
        if (!away) {
            away = true;
            LOG.error(
                    "store {}: {}: {}. Nothing is put there or deleted until then; the site continues by itself",
                    Printable.of(store.name()),
                    store.place(),
                    reason);
        }
        return new StoreAwayException(store.folder(), reason);
    }
}
