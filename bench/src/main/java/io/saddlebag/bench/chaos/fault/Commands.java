package io.saddlebag.bench.chaos.fault;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Programs of the system, run to their end. */
public final class Commands {
    private Commands() {}

    /** @throws IOException with the program's own words when it does not succeed or is not there */
    public static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + ": " + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted in " + command[0], e);
        }
        return output;
    }
}
