package io.saddlebag.lab;

import io.saddlebag.files.access.Ownership;
import io.saddlebag.site.SiteClocks;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A laboratory in a process of its own, whose rights end at the modes of files even where the tests run as root. */
final class UnprivilegedLab implements AutoCloseable {
    private static final String RIGHTS = "-dac_override,-dac_read_search,-fowner";

    private final Process process;
    private final Path output;

    private UnprivilegedLab(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Runs the laboratory until its input ends; its arguments are the home and headquarters' port. */
    public static void main(String[] arguments) throws Exception {
        LabApplication lab = new LabApplication(
                new SiteHome(Path.of(arguments[0])), Map.of("hq.port", arguments[1]), Set.of(), SiteClocks.ofSystem());
        lab.start();
        System.in.transferTo(System.err);
        lab.close();
    }

    /** @param output is written anew */
    static UnprivilegedLab start(SiteHome home, int port, Path output) throws IOException {
        List<String> command = new ArrayList<>();
        if (Ownership.thisUser() == 0) {
            command.addAll(List.of("setpriv", "--bounding-set=" + RIGHTS, "--inh-caps=" + RIGHTS));
        }
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                UnprivilegedLab.class.getName(),
                home.folder().toString(),
                Integer.toString(port)));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        return new UnprivilegedLab(process, output);
    }

    /** The lines of its output that hold a text. */
    List<String> lines(String text) throws IOException {
        return Files.readAllLines(output).stream()
                .filter(line -> line.contains(text))
                .toList();
    }

    void stop() throws Exception {
        process.getOutputStream().close();
        process.waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
