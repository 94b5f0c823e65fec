package io.saddlebag.site.camel;

import io.saddlebag.log.FaultText;
import io.saddlebag.message.Printable;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Camel application that runs in a site's home: beans by name, the suite's own routes, then the integrator's files
 * from {@code routes/}. Started once, closed once; {@link #close} lets running exchanges finish.
 */
public final class SiteRuntime implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SiteRuntime.class);
    private static final Duration DRAIN = Duration.ofSeconds(20);

    private final SiteHome home;
    private final Settings settings;
    private final List<String> routeFolders;
    private final Map<String, Object> beans = new LinkedHashMap<>();
    private final Main main = new Main();
    private HomeLibraries libraries;
    private LiveSite site = LiveSite.ANY;

    /**
     * @param routeFolders folders below {@code routes/} of the source tree whose files belong to this site, such as
     *     {@code common, templates, lab}
     */
    public SiteRuntime(SiteHome home, Settings settings, List<String> routeFolders) {
        this.home = home;
        this.settings = settings;
        this.routeFolders = List.copyOf(routeFolders);
    }

    /** Gives the routes a bean to name as {@code #name}; before {@link #start} only. */
    public SiteRuntime bind(String name, Object bean) {
        beans.put(name, bean);
        return this;
    }

    /** As {@link #bind(String, Object)}, for several. */
    public SiteRuntime bind(Map<String, ?> named) {
        beans.putAll(named);
        return this;
    }

    /** Gives the routes a value to name as {@code {{name}}}, next to the settings; before {@link #start} only. */
    public SiteRuntime property(String name, String value) {
        main.addInitialProperty(name, value);
        return this;
    }

    /**
     * Starts every route.
     *
     * @throws SiteStartException when a route file does not parse, names what is not there, or a route cannot start
     */
    public void start() throws SiteStartException {
        List<RouteSource> sources = RouteFiles.sources(home, routeFolders);
        tellPassedOver();
        libraries = HomeLibraries.open(home);
        bind("tellConfigurationChanges", tellChanges());
        bind("takeUpRoutes", takeUpRoutes(sources));
        settings.forPlaceholders().forEach(main::addInitialProperty);
        main.addInitialProperty("home", home.folder().toString());
        beans.forEach(main::bind);
        // Camel's own hook for signals would stop the routes too, and each stop would wait for the other.
        main.setShutdownStrategy(new SimpleMainShutdownStrategy());
        main.configure()
                .withName(contextName())
                .withRoutesCollectorEnabled(false)
                .withAutoConfigurationEnabled(false)
                .withAutoConfigurationEnvironmentVariablesEnabled(false)
                .withAutoConfigurationSystemPropertiesEnabled(false)
                .withJmxEnabled(false)
                .withShutdownTimeout((int) DRAIN.toSeconds())
                .withShutdownNowOnTimeout(true);
        main.addMainListener(new SettingsAlone());
        main.addMainListener(new LibrariesOfHome());
        main.configure().addRoutesBuilder(new SourcedRoutes(sources));
        try {
            main.start();
            libraries.addConvertersTo(context());
        } catch (LinkageError e) {
            close();
            throw HomeLibraries.lacks(home, e);
        } catch (Exception e) {
            close();
            throw new SiteStartException(new RouteFaults(home, sources).tell(e), e);
        }
    }

    /** The home's folder in the names of threads; in plain letters, since Camel looks for placeholders in it. */
    private String contextName() {
        Path name = home.folder().getFileName();
        return name == null ? "site" : name.toString().replaceAll("[^A-Za-z0-9._-]", "-");
    }

    /** Has a part in changes of the home's routes while it runs; before {@link #start} only. */
    public SiteRuntime live(LiveSite liveSite) {
        site = liveSite;
        return this;
    }

    private Processor takeUpRoutes(List<RouteSource> sources) {
        LiveRoutes routes = new LiveRoutes(
                settings,
                routeFolders,
                site,
                DRAIN,
                sources.stream().filter(RouteSource::isOfHome).toList());
        return exchange -> routes.look(context());
    }

    private Processor tellChanges() throws SiteStartException {
        try {
            ConfigurationChanges changes = new ConfigurationChanges(home);
            return exchange -> changes.tell();
        } catch (IOException e) {
            throw new SiteStartException(
                    home.folder() + ": cannot be looked at: " + Printable.reason(FaultText.of(e)), e);
        }
    }

    /** Tells of files that look like routes and do not run. */
    private void tellPassedOver() {
        try {
            for (Path entry : RouteSource.passedOver(home)) {
                LOG.warn(
                        "{}: passed over; the name of a route file ends in {} and does not begin with a dot",
                        entry,
                        RouteFiles.SUFFIX);
            }
        } catch (IOException e) {
            LOG.warn("{}: cannot be listed: {}", home.routes(), Printable.reason(FaultText.of(e)));
        }
    }

    /** The running context; null before {@link #start}. */
    public CamelContext context() {
        return main.getCamelContext();
    }

    @Override
    public void close() {
        main.stop();
        if (libraries != null) {
            libraries.close();
        }
    }

    /** Camel finds components and their classes in the jars of the home too. */
    private final class LibrariesOfHome extends MainListenerSupport {
        @Override
        public void beforeInitialize(BaseMainSupport main) {
            CamelContext context = main.getCamelContext();
            libraries.tell(context.getVersion());
            libraries.addTo(context);
        }
    }

    /** Placeholders are settings. By default a variable of the environment such as HOME would count before them. */
    private static final class SettingsAlone extends MainListenerSupport {
        @Override
        public void beforeConfigure(BaseMainSupport main) {
            PropertiesComponent placeholders =
                    (PropertiesComponent) main.getCamelContext().getPropertiesComponent();
            placeholders.setEnvironmentVariableMode(PropertiesComponent.ENVIRONMENT_VARIABLES_MODE_NEVER);
            placeholders.setSystemPropertiesMode(PropertiesComponent.SYSTEM_PROPERTIES_MODE_NEVER);
        }
    }
}
