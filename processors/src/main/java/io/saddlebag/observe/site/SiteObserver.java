package io.saddlebag.observe.site;

import io.saddlebag.identity.CurrentIdentity;
import io.saddlebag.observe.SiteMetrics;
import io.saddlebag.observe.SiteObservation;
import io.saddlebag.observe.StatusSource;
import io.saddlebag.observe.alert.AlertLimits;
import io.saddlebag.observe.alert.Alerts;
import io.saddlebag.observe.http.ObserveServer;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteCheck;
import io.saddlebag.site.SiteStartException;
import java.time.Clock;
import java.util.Map;
import org.apache.camel.spi.RoutePolicyFactory;

/** All that looks at one site. Made before its routes start, closed once they have stopped. */
public final class SiteObserver implements AutoCloseable {
    private final RoutePolicyFactory routePolicies;
    private final Alerts alerts;
    private final SiteObservation observation;
    private final ObserveServer server;

    /** @throws SiteStartException when the settings ask for what cannot work */
    public SiteObserver(
            Settings settings, CurrentIdentity identity, SiteMetrics metrics, StatusSource source, Clock clock)
            throws SiteStartException {
        routePolicies = metrics.routePolicies();
        alerts = Alerts.of(settings, AlertLimits.of(settings));
        observation = new SiteObservation(
                settings.home(), identity, metrics.volumes(source.volumes()), source, alerts, clock);
        server = ObserveServer.start(settings, observation, clock);
    }

    /** Judges the settings as the constructor does, and opens nothing. */
    public static void judge(Settings settings, SiteCheck check) {
        check.require(() -> Alerts.judge(settings));
        check.require(() -> ObserveServer.judge(settings));
    }

    /** The step by the name that the route uses, and the counts of all routes. */
    public Map<String, Object> beans() {
        return Map.of("observeSite", observation, "routeFigures", routePolicies);
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
        observation.close();
        alerts.close();
    }
}
