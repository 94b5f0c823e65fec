package io.saddlebag.cli;

import io.saddlebag.cli.home.SiteKind;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.log.LogSetup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hq}, {@code lab} and {@code rc}: run one site until SIGTERM or SIGINT, let what is under way finish, exit 0. */
final class RunCommands {
    private RunCommands() {}

    /** How a line of the log looks. */
    enum LogFormat {
        text,
        json
    }

    enum LogLevel {
        info,
        debug
    }

    private abstract static class Run implements Callable<Integer> {
        @Option(
                names = "--home",
                required = true,
                paramLabel = "DIR",
                description = "The site's home, as 'saddlebag init' makes it.")
        private Path home;

        @Option(
                names = "--log-format",
                paramLabel = "FORMAT",
                defaultValue = "text",
                description = "text or json, one line an event on standard output; default ${DEFAULT-VALUE}.")
        private LogFormat logFormat;

        @Option(
                names = "--log-level",
                paramLabel = "LEVEL",
                defaultValue = "info",
                description = "info, or debug for a line about each step of each message at headquarters too; default"
                        + " ${DEFAULT-VALUE}.")
        private LogLevel logLevel;

        @Option(
                names = "--set",
                paramLabel = "NAME=VALUE",
                description = "A setting that counts before application.properties; may be repeated.")
        private final Map<String, String> overrides = new LinkedHashMap<>();

        @Option(
                names = "--adopt",
                paramLabel = "STORE",
                description =
                        "Take a store for this home's own from now on, whatever is there: one that is lost is made"
                                + " anew, one of another home is taken over. Such as spool, database, journal, work, outbox or"
                                + " drop/raw-data; the line that refused the start names it. May be repeated.")
        private final Set<String> adopted = new LinkedHashSet<>();

        @Option(names = "--stop-with-parent", hidden = true)
        private boolean stopWithParent;

        private final SiteKind kind;

        private Run(SiteKind kind) {
            this.kind = kind;
        }

        @Override
        public Integer call() throws Exception {
            SiteHome siteHome = new SiteHome(home);
            System.setProperty(LogSetup.TARGET, "out");
            System.setProperty(LogSetup.FORMAT, logFormat.name());
            System.setProperty(LogSetup.LEVEL, logLevel.name());
            System.setProperty(LogSetup.SITE, siteName(siteHome));
            SiteProcess process = new SiteProcess(kind, siteHome, overrides, adopted);
            if (stopWithParent) {
                ProcessHandle.current().parent().ifPresent(parent -> parent.onExit()
                        .thenRun(process::stop));
            }
            return process.run();
        }

        /** For the log only, before anything can log; the settings are judged later. */
        private static String siteName(SiteHome home) {
            try {
                return SiteId.of(Settings.read(home).getProperty("site.id", "").strip())
                        .value();
            } catch (IOException | IllegalArgumentException e) {
                return "unnamed";
            }
        }
    }

    @Command(name = "hq", description = "Run a headquarters until SIGTERM or Ctrl-C.")
    static final class Hq extends Run {
        Hq() {
            super(SiteKind.HQ);
        }
    }

    @Command(name = "lab", description = "Run a laboratory until SIGTERM or Ctrl-C.")
    static final class Lab extends Run {
        Lab() {
            super(SiteKind.LAB);
        }
    }

    @Command(name = "rc", description = "Run a research centre until SIGTERM or Ctrl-C.")
    static final class Rc extends Run {
        Rc() {
            super(SiteKind.CENTRE);
        }
    }
}
