package io.saddlebag.cli.demo;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs that nobody here wrote. A test that needs one is skipped, and says so, where it is not installed. */
final class ForeignTools {
    private ForeignTools() {}

    static void requireAge() throws Exception {
        assumeTrue(works("age", "--version"), "skipped: the age command is not installed");
    }

    /** A Python that has stomp.py. */
    static String pythonWithStomp() throws Exception {
        for (String python : List.of("python3", "/usr/bin/python3")) {
            if (works(python, "-c", "import stomp")) {
                return python;
            }
        }
        assumeTrue(false, "skipped: no python3 with the stomp module (Debian: python3-stomp) is installed");
        return null;
    }

    private static boolean works(String... command) throws InterruptedException {
        try {
            return run(command).exitCode() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    static Result run(String... command) throws IOException, InterruptedException {
        Path out = Files.createTempFile("out", null);
        Path err = Files.createTempFile("err", null);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            return new Result(process.waitFor(), Files.readAllBytes(out), Files.readString(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    /** How a program ended and what it wrote. */
    record Result(int exitCode, byte[] out, String err) {}
}
