package io.saddlebag.cli.where;

import io.saddlebag.message.MessageId;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** The records of one home. For one question. */
interface Records extends AutoCloseable {
    /** The most messages that one question finds. */
    int MOST = 100;

    /** The messages that are meant, at most one more than {@value #MOST}, those with the last ids. */
    Set<MessageId> ids(Sought sought) throws IOException;

    /** Tells what is known of these messages. */
    void tell(Set<MessageId> ids, Findings findings) throws IOException;

    /** The sender tells first, since it knows the content that a receipt must prove; then the recipient, then headquarters. */
    int rank();

    /**
     * Files of that name that never became a message.
     *
     * @param ids the messages that are found
     */
    default List<Whereabouts.Found> untaken(String name, Set<MessageId> ids) throws IOException {
        return List.of();
    }

    @Override
    void close() throws IOException;
}
