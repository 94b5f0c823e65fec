package io.saddlebag.site.camel;

import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.site.YamlFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.camel.Component;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.DefaultEndpoint;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * Builds the routes of a home in a Camel context in which none starts, each behind another source: options, components, beans and expressions that are
 * not there are found without running anything. The site's own steps and endpoints are stubs. Beans that the files declare
 * are made.
 */
public final class RouteTrial {
    private static final List<String> OWN_SCHEMES = List.of("drop", "hq");

    private RouteTrial() {}

    /**
     * Judges the routes of the settings' home; its files are well-formed, as {@link RouteFiles} judges.
     *
     * @param routeFolders as for {@link SiteRuntime}
     * @throws SiteStartException with file, line and remedy
     */
    public static void run(Settings settings, Collection<String> routeFolders) throws SiteStartException {
        List<RouteSource> sources = new ArrayList<>();
        for (RouteSource source : RouteFiles.sources(settings.home(), routeFolders)) {
            if (source.isOfHome() || source.text().contains("routeTemplate:")) {
                sources.add(source);
            }
        }
        try (HomeLibraries libraries = HomeLibraries.open(settings.home());
                DefaultCamelContext context = new DefaultCamelContext()) {
            libraries.addTo(context);
            context.setAutoStartup(false);
            context.disableJMX();
            placeholders(settings)
                    .forEach((name, value) -> context.getPropertiesComponent().addInitialProperty(name, value));
            sources.stream().filter(source -> !source.isOfHome()).forEach(source -> bindSteps(source, context));
            OWN_SCHEMES.forEach(scheme -> context.addComponent(scheme, stub()));
            build(context, settings, sources, libraries);
        } catch (IOException e) {
            throw new SiteStartException(settings.home().routes() + ": " + e.getMessage(), e);
        }
    }

    private static void build(
            DefaultCamelContext context, Settings settings, List<RouteSource> sources, HomeLibraries libraries)
            throws SiteStartException {
        try {
            context.addRoutes(new SourcedRoutes(sources));
            replaceSources(context);
            context.start();
            libraries.addConvertersTo(context);
        } catch (LinkageError e) {
            throw HomeLibraries.lacks(settings.home(), e);
        } catch (Exception e) {
            throw new SiteStartException(new RouteFaults(settings.home(), sources).tell(e), e);
        }
    }

    /** Camel makes each route's consumer, and the consumer of a folder makes the folder. */
    private static void replaceSources(DefaultCamelContext context) {
        int number = 0;
        for (RouteDefinition route : context.getRouteDefinitions()) {
            // Those of a template's route hold its parameters.
            if (route.getTemplateParameters() == null) {
                context.getEndpoint(route.getInput().getUri());
            }
            route.getInput().setUri("direct:trial-" + number++);
        }
    }

    private static Map<String, String> placeholders(Settings settings) {
        Map<String, String> values = settings.forPlaceholders();
        values.put("home", settings.home().folder().toString());
        return values;
    }

    private static void bindSteps(RouteSource source, DefaultCamelContext context) {
        YamlFile file = new YamlFile(source.name(), new ArrayList<>());
        for (Node root : file.documents(source.text())) {
            List<String> texts = new ArrayList<>();
            YamlFile.forEachText(root, (ScalarNode text) -> texts.add(text.getValue()));
            for (int i = 0; i + 1 < texts.size(); i++) {
                if (texts.get(i).equals("ref")) {
                    context.getRegistry().bind(texts.get(i + 1), new Step());
                }
            }
        }
    }

    /** In the place of a step, and of a predicate. */
    private static final class Step implements Processor, Predicate {
        @Override
        public void process(Exchange exchange) {
            // No route of a trial starts.
        }

        @Override
        public boolean matches(Exchange exchange) {
            return false;
        }
    }

    private static Component stub() {
        return new DefaultComponent() {
            @Override
            protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) {
                parameters.clear();
                return new Stub(uri, this);
            }
        };
    }

    /** In the place of an endpoint of the site's own. */
    private static final class Stub extends DefaultEndpoint {
        Stub(String uri, Component component) {
            super(uri, component);
        }

        @Override
        public Producer createProducer() {
            throw new UnsupportedOperationException("Expected no route to start, found a message to send");
        }

        @Override
        public Consumer createConsumer(Processor processor) {
            throw new UnsupportedOperationException("Expected no route to start, found one that listens");
        }

        @Override
        public boolean isLenientProperties() {
            return true;
        }
    }
}
