package io.saddlebag.hq.testing;

import io.saddlebag.hq.HqApplication;
import io.saddlebag.site.SiteClocks;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** Headquarters as a process of its own, to be killed. */
public final class HqProcess implements AutoCloseable {
    private static final String READY = "port=";

    private final Process process;
    private final int port;

    private HqProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Runs headquarters until the process ends; its argument is the home. */
    public static void main(String[] arguments) throws SiteStartException {
        HqApplication application =
                new HqApplication(new SiteHome(Path.of(arguments[0])), Map.of(), Set.of(), SiteClocks.ofSystem());
        application.start();
        System.out.println(READY + application.facts().get("port"));
    }

    /** Returns when it listens. */
    public static HqProcess start(Path home) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        HqProcess.class.getName(),
                        home.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(READY)) {
                Thread drain = new Thread(() -> output.lines().forEach(rest -> {}), "hq-output");
                drain.setDaemon(true);
                drain.start();
                return new HqProcess(process, Integer.parseInt(line.substring(READY.length())));
            }
        }
        throw new IllegalStateException("Headquarters ended before it listened");
    }

    public int port() {
        return port;
    }

    public long pid() {
        return process.pid();
    }

    /** As kill -9 does. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
