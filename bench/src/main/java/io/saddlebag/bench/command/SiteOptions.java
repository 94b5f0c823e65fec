package io.saddlebag.bench.command;

import java.util.List;
import picocli.CommandLine.Option;

/** The options of benchmarks whose headquarters, laboratory and centres are processes. */
final class SiteOptions {
    @Option(
            names = "--patience",
            defaultValue = "120",
            description = "Seconds without anything new after which the run has failed; ${DEFAULT-VALUE}.")
    private long patience;

    @Option(
            names = "--hq-java",
            paramLabel = "OPTION",
            description =
                    "An option for headquarters' Java; may be repeated. By default what ./saddlebag hq runs with.")
    private List<String> hqJava = List.of("-XX:TieredStopAtLevel=4", "-Xmx384m");

    @Option(
            names = "--site-java",
            paramLabel = "OPTION",
            description = "An option for the Java of laboratory and centres; may be repeated. By default what"
                    + " ./saddlebag lab and rc run with.")
    private List<String> siteJava = List.of();

    long patience() {
        return patience;
    }

    List<String> hqJava() {
        return hqJava;
    }

    List<String> siteJava() {
        return siteJava;
    }
}
