package io.saddlebag.site.camel;

import io.saddlebag.site.SiteStartException;
import java.util.Collection;
import java.util.List;
import org.apache.camel.CamelContext;

/** The part that a site's own kind has in taking up changed routes while it runs. Called by one thread. */
public interface LiveSite {
    /** A site whose routes it knows nothing of. */
    LiveSite ANY = () -> List.of();

    /**
     * Judges the home's route files as the start does.
     *
     * @return those of the changes that only a start can take up; empty when there is none
     * @throws SiteStartException when a start would refuse the files
     */
    Collection<String> judge() throws SiteStartException;

    /** Ids of running routes that go with a change, and that {@link #afterChange} brings back. */
    default Collection<String> watchers() {
        return List.of();
    }

    /**
     * After the last route was started.
     *
     * @param isTaken false when the former routes run again
     */
    default void afterChange(CamelContext context, boolean isTaken) {}
}
