package io.saddlebag.hq;

import io.saddlebag.hq.store.sql.DatabaseStore;
import io.saddlebag.stores.Store;
import java.io.IOException;

/** A database that several homes share: it bears the identity that they have in common in the place of a home's. */
record SharedDatabase(DatabaseStore database, String shared) implements Store {
    @Override
    public String name() {
        return database.name();
    }

    @Override
    public String place() {
        return database.place();
    }

    @Override
    public String identity(String home) {
        return shared;
    }

    @Override
    public Found look() throws IOException {
        return database.look();
    }

    @Override
    public void mark(Mark mark) throws IOException {
        database.mark(mark);
    }
}
