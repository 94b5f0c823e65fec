package io.saddlebag.bench.nodes;

import io.saddlebag.bench.chaos.fault.Commands;
import io.saddlebag.cli.home.HomeMaker;
import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.hq.postgres.PostgresPair;
import io.saddlebag.identity.PrivateFiles;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Homes of nodes: copies of the home of a headquarters, each with its own name and port. */
public final class NodeHomes {
    private static final String PASSWORD = "database.password";

    private final SiteHome made;
    private final PostgresPair database;

    /** @param made a headquarters' home that was never started; it gets the password of the database */
    public NodeHomes(SiteHome made, PostgresPair database) throws IOException {
        this.made = made;
        this.database = database;
        PrivateFiles.create(made.resolve(PASSWORD), database.password().getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * Makes the home of a node.
     *
     * @param folder new; the home lies in it
     * @param url of the database
     */
    public ScenarioHomes make(Path folder, String name, int port, String url) throws IOException {
        ScenarioHomes own = new ScenarioHomes(folder);
        SiteHome home = own.home(ScenarioHomes.HEADQUARTERS);
        Files.createDirectories(own.folder());
        Commands.run("cp", "-a", made.folder().toString(), home.folder().toString());
        Map<String, String> settings = new LinkedHashMap<>(settings(url));
        settings.put("hq.node", name);
        settings.put("hq.node.address", "127.0.0.1:" + port);
        settings.put("hq.port", Integer.toString(port));
        HomeMaker.set(home, settings);
        return own;
    }

    /** The settings by which a headquarters reaches the database. */
    Map<String, String> settings(String url) {
        return Map.of(
                "hq.database.url", url,
                "hq.database.user", database.user(),
                "hq.database.password-file", PASSWORD);
    }
}
