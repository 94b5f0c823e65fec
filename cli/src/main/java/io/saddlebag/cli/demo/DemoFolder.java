package io.saddlebag.cli.demo;

import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.FileTree;
import io.saddlebag.hq.postgres.PostgresException;
import io.saddlebag.hq.postgres.PostgresServer;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.RunningSite;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The demo's folder, made ready for a run: new, or that of an earlier demo, which then goes. */
final class DemoFolder {
    private static final String MARKER = ".saddlebag-demo";

    private final ScenarioHomes homes;

    DemoFolder(ScenarioHomes homes) {
        this.homes = homes;
    }

    /** Where the demo keeps a message as headquarters had it. */
    Path sealed(MessageId messageId) {
        return homes.folder().resolve(messageId + ".age");
    }

    /** The PostgreSQL of a demo with nodes. */
    Path database() {
        return homes.folder().resolve("postgres");
    }

    /** Holds the home of a further node. */
    Path node(int number) {
        return homes.folder().resolve("n" + number);
    }

    /**
     * Takes away what an earlier run made.
     *
     * @throws IOException when the folder holds something else, or a demo runs in it
     */
    void prepare() throws IOException {
        Path folder = homes.folder();
        Path marker = folder.resolve(MARKER);
        if (Files.exists(marker)) {
            requireNothingRuns();
            removeEarlierRun();
        } else if (Files.exists(folder) && !isEmpty(folder)) {
            throw new IOException(folder + ": expected a new or empty folder, or one of an earlier demo; found other"
                    + " files. Name another folder with --dir");
        }
        AtomicFiles.createFolders(folder);
        if (!Files.exists(marker)) {
            AtomicFiles.create(
                    marker,
                    "Made by saddlebag demo, which deletes and makes anew what it put here.\n"
                            .getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        }
    }

    private void requireNothingRuns() throws IOException {
        List<SiteHome> all = new ArrayList<>();
        ScenarioHomes.SITES.forEach(site -> all.add(homes.home(site)));
        for (int number = 2; number <= NodesDemo.MOST_NODES; number++) {
            all.add(new ScenarioHomes(node(number)).home(ScenarioHomes.HEADQUARTERS));
        }
        for (SiteHome home : all) {
            if (Files.exists(home.run())) {
                try {
                    RunningSite.claim(home, Clock.systemUTC()).close();
                } catch (SiteStartException e) {
                    throw new IOException(e.getMessage(), e);
                }
            }
        }
    }

    private void removeEarlierRun() throws IOException {
        stopDatabase();
        FileTree.delete(homes.authority());
        for (Sample sample : Sample.ALL) {
            Files.deleteIfExists(sealed(sample.messageId()));
        }
        for (SiteId site : ScenarioHomes.SITES) {
            FileTree.delete(homes.home(site).folder());
        }
        for (int number = 2; number <= NodesDemo.MOST_NODES; number++) {
            FileTree.delete(node(number));
        }
        FileTree.delete(database());
    }

    /** Stops the PostgreSQL of a headquarters that was killed. */
    void stopDatabase() throws IOException {
        try {
            PostgresServer.stopLeftover(homes.home(ScenarioHomes.HEADQUARTERS).resolve("postgres"));
            PostgresServer.stopLeftover(database());
        } catch (PostgresException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
