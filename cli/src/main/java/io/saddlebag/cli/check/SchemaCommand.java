package io.saddlebag.cli.check;

import io.saddlebag.check.CheckSchema;
import io.saddlebag.message.Json;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.site.camel.RouteSchema;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code schema}: the JSON schema of route files. */
@Command(
        name = "schema",
        description =
                "Print a JSON schema of routes/*.camel.yaml, or of check files, for editors that complete and judge"
                        + " YAML by one. It has the templates and parameters, or the kinds and options, that this version"
                        + " knows.")
public final class SchemaCommand implements Callable<Integer> {
    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "A site's home, whose own templates the schema has too.")
    private Path home;

    @Option(names = "--checks", description = "The schema of check files.")
    private boolean ofChecks;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, SiteStartException {
        if (ofChecks) {
            spec.commandLine().getOut().println(Json.textForPeople(CheckSchema.schema()));
            return 0;
        }
        spec.commandLine()
                .getOut()
                .println(Json.textForPeople(home == null ? RouteSchema.ofSuite() : RouteSchema.of(new SiteHome(home))));
        return 0;
    }
}
