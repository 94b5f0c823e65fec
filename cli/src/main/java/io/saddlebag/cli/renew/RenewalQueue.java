package io.saddlebag.cli.renew;

import io.saddlebag.hq.renewals.RenewalFolder;
import java.io.IOException;

/** Where a site's request waits for the CA's keeper. For one thread. */
interface RenewalQueue extends AutoCloseable {
    RenewalFolder.Found find() throws IOException;

    /** Keeps the signed request in the place of the one before. */
    void put(byte[] request) throws IOException;

    @Override
    void close() throws IOException;
}
