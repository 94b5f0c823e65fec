package io.saddlebag.console;

import io.saddlebag.cli.AddedCommand;
import io.saddlebag.cli.CommandFailure;
import io.saddlebag.cli.Saddlebag;
import io.saddlebag.log.FaultText;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code console}: serves pages over homes of this machine until it is stopped. */
@Command(
        name = "console",
        description = "Show sites in a browser of this machine: what waits, what failed, where a message is, and let an"
                + " operator act on it. Run it as the user that runs the sites. It listens on the loopback address alone"
                + " and prints a link that lets one browser in, once. It reads homes and acts through the other"
                + " commands; it shows no content and takes no file.")
public final class ConsoleCommand implements AddedCommand {
    @Option(
            names = "--home",
            required = true,
            arity = "1..*",
            paramLabel = "DIR",
            description = "A site's home, of any kind; several, or repeated, for several sites.")
    private List<Path> homes;

    @Option(
            names = "--port",
            defaultValue = "9878",
            paramLabel = "PORT",
            description = "The port on 127.0.0.1; ${DEFAULT-VALUE}; 0 for any free one.")
    private int port;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        String footer = System.getProperty("user.name") + " · " + Saddlebag.version();
        try (Console console = Console.open(homes, Clock.systemUTC(), footer)) {
            String link = start(console);
            out.println("Open this link in a browser of this machine; it works once:");
            out.println(link);
            out.println("From elsewhere: ssh -L " + port(link) + ":127.0.0.1:" + port(link)
                    + " HOST. Ctrl-C ends the console.");
            out.flush();
            CountDownLatch end = new CountDownLatch(1);
            Runtime.getRuntime().addShutdownHook(new Thread(end::countDown, "end"));
            end.await();
        }
        return 0;
    }

    private String start(Console console) throws CommandFailure {
        try {
            return console.start(port);
        } catch (RuntimeException e) {
            throw new CommandFailure(
                    "Expected port " + port + " of 127.0.0.1 free, found: " + FaultText.of(e)
                            + ". Name another with --port",
                    e);
        }
    }

    private static String port(String link) {
        return link.replaceFirst("http://[^:]*:([0-9]+)/.*", "$1");
    }
}
