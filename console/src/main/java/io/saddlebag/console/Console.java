package io.saddlebag.console;

import io.javalin.http.Handler;
import io.saddlebag.console.act.Commands;
import io.saddlebag.console.pages.AuditPage;
import io.saddlebag.console.pages.DeadPage;
import io.saddlebag.console.pages.FindPage;
import io.saddlebag.console.pages.HealthPage;
import io.saddlebag.console.pages.MessagePage;
import io.saddlebag.console.pages.NowPage;
import io.saddlebag.console.pages.OutcomePage;
import io.saddlebag.console.pages.QueuesPage;
import io.saddlebag.console.pages.RoutesPage;
import io.saddlebag.console.pages.SitesPage;
import io.saddlebag.console.pages.TopologyPage;
import io.saddlebag.console.pages.TrustPage;
import io.saddlebag.console.pages.View;
import io.saddlebag.console.read.Homes;
import io.saddlebag.console.web.ConsoleServer;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The console over some homes: puts readers, pages and server together. */
final class Console implements AutoCloseable {
    private final Homes homes;
    private final Commands commands;
    private final ConsoleServer server;

    private Console(Homes homes, Commands commands, ConsoleServer server) {
        this.homes = homes;
        this.commands = commands;
        this.server = server;
    }

    /**
     * @param footer who looks at which version
     * @throws SiteStartException when a folder is no site's home
     */
    static Console open(List<Path> folders, Clock clock, String footer) throws IOException, SiteStartException {
        Homes homes = Homes.open(folders);
        Commands commands = new Commands(clock);
        View view = new View(clock, footer);
        OutcomePage outcome = new OutcomePage(commands, view);
        QueuesPage queues = new QueuesPage(homes, view, outcome);
        DeadPage dead = new DeadPage(homes, view, outcome);
        Map<String, Handler> pages = new LinkedHashMap<>();
        pages.put("/", new NowPage(homes, view)::show);
        FindPage find = new FindPage(homes, view);
        pages.put("/find", find::show);
        pages.put("/find.csv", find::csv);
        pages.put("/queues", queues::show);
        pages.put("/dead", dead::show);
        pages.put("/sites", new SitesPage(homes, view)::show);
        pages.put("/trust", new TrustPage(homes, view)::show);
        pages.put("/outcome", outcome::show);
        MessagePage message = new MessagePage(homes, view, outcome, clock);
        pages.put("/message", message::show);
        RoutesPage routes = new RoutesPage(homes, view, outcome);
        pages.put("/routes", routes::show);
        pages.put("/topology", new TopologyPage(homes, view)::show);
        AuditPage audit = new AuditPage(homes, view, commands, outcome);
        pages.put("/audit", audit::show);
        HealthPage health = new HealthPage(homes, view, commands, outcome);
        pages.put("/health", health::show);
        pages.put("/health/bundle", health::bundle);
        Map<String, Handler> actions = new LinkedHashMap<>();
        actions.put("/queues/discard", queues::discard);
        actions.put("/dead/act", dead::act);
        actions.put("/message/act", message::act);
        actions.put("/routes/retry", routes::retry);
        actions.put("/routes/try", routes::tryName);
        actions.put("/audit/run", audit::run);
        actions.put("/health/doctor", health::doctor);
        actions.put("/health/check", health::check);
        return new Console(homes, commands, new ConsoleServer(pages, actions, view::fault, homes::mark));
    }

    /**
     * @param port 0 for a free one
     * @return the link that lets one browser in
     */
    String start(int port) {
        return server.start(port);
    }

    @Override
    public void close() {
        server.close();
        commands.close();
        homes.close();
    }
}
