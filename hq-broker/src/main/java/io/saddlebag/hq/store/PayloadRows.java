package io.saddlebag.hq.store;

import io.saddlebag.hq.store.MessageStore.StoredPublication;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Writes payloads in the transaction of their messages, so that a committed message always has its payload. */
@FunctionalInterface
public interface PayloadRows {
    /** For payloads that lie elsewhere. */
    PayloadRows NONE = (connection, publications) -> {};

    /**
     * Inserts the payloads. After a rollback it is called again for the same publications, or for some of them.
     *
     * @param connection with the transaction open that has inserted the messages
     * @param publications the messages that it has inserted; possibly none
     * @throws SQLException when they cannot be written; the transaction is lost then
     */
    void insert(Connection connection, List<StoredPublication> publications) throws SQLException;

    /**
     * The bytes of payloads that are small enough to go along with their messages, in one round trip.
     *
     * @return of each the sealed message, in order; empty when {@link #insert} is to be called
     */
    default List<byte[]> small(List<StoredPublication> publications) {
        return List.of();
    }

    /** The transaction was committed. Call it for each message that was stored, also when only a later look found that. */
    default void committed(List<StoredPublication> publications) {}
}
