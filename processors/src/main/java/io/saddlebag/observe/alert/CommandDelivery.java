package io.saddlebag.observe.alert;

import io.saddlebag.message.Printable;
import io.saddlebag.observe.ObserveSettings;
import io.saddlebag.site.HomeTrust;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A program with fixed arguments, which gets the JSON on its standard input. No shell is between, and nothing of an alert is on
 * its command line. Its output is dropped; exit code 0 says that it took the alert.
 */
final class CommandDelivery implements AlertDelivery {
    private static final Duration LONGEST = Duration.ofMinutes(1);
    /** May hold a passphrase, which the program does not need. */
    private static final List<String> SECRETS = List.of("SADDLEBAG_PASSPHRASE", "SADDLEBAG_CA_PASSPHRASE");

    private final List<String> command;
    private final Duration longest;

    CommandDelivery(List<String> command, Duration longest) {
        this.command = List.copyOf(command);
        this.longest = longest;
    }

    static CommandDelivery of(Settings settings) throws SiteStartException {
        List<String> words = settings.read(ObserveSettings.COMMAND, CommandDelivery::words);
        Path program = Path.of(words.get(0));
        HomeTrust.requireFile(settings.home(), program);
        if (!Files.isExecutable(program)) {
            throw new SiteStartException(settings.home().settingsFile() + ": " + ObserveSettings.COMMAND
                    + ": expected a program that this user may run, found " + Printable.of(program.toString())
                    + ". Correct the path or its mode");
        }
        return new CommandDelivery(words, LONGEST);
    }

    private static List<String> words(String text) {
        List<String> words = List.of(text.strip().split("\\s+"));
        if (!Path.of(words.get(0)).isAbsolute()) {
            throw new IllegalArgumentException("Expected the absolute path of a program, found '"
                    + Printable.of(words.get(0)) + "'. Arguments follow, apart by spaces; no shell reads them");
        }
        return words;
    }

    @Override
    public void deliver(byte[] json) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(Redirect.DISCARD).redirectError(Redirect.DISCARD);
        SECRETS.forEach(builder.environment()::remove);
        Process process = builder.start();
        // Ends a write too, to a program that reads nothing.
        CompletableFuture.delayedExecutor(longest.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> end(process));
        try {
            try (OutputStream in = process.getOutputStream()) {
                in.write(json);
            } catch (IOException e) {
                // A program that reads nothing may do its work all the same: its exit code tells.
            }
            int exitCode = process.waitFor();
            if (exitCode != 0) {
                throw new IOException("the program ended with exit code " + exitCode + ", or took more than "
                        + longest.toSeconds() + " s");
            }
        } finally {
            end(process);
        }
    }

    private static void end(Process process) {
        if (process.isAlive()) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
