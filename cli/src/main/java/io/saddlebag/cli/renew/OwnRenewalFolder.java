package io.saddlebag.cli.renew;

import io.saddlebag.hq.renewals.RenewalFolder;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteHome;
import java.io.IOException;

/** The queue of headquarters' own request: its own folder. */
final class OwnRenewalFolder implements RenewalQueue {
    private final RenewalFolder folder;
    private final SiteId site;

    OwnRenewalFolder(SiteHome home, SiteId site) {
        this.folder = new RenewalFolder(home.folder());
        this.site = site;
    }

    @Override
    public RenewalFolder.Found find() throws IOException {
        return folder.find(site);
    }

    @Override
    public void put(byte[] request) throws IOException {
        folder.put(site, request);
    }

    @Override
    public void close() {
        // There is no connection.
    }
}
