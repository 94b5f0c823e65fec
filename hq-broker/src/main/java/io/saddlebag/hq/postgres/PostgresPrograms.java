package io.saddlebag.hq.postgres;

import io.saddlebag.log.FaultText;
import io.saddlebag.message.Printable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs PostgreSQL's programs to their end. They refuse the superuser, so under uid 0 each runs in a user namespace of
 * its own ({@code unshare -U}), where the same files belong to an ordinary user.
 */
final class PostgresPrograms {
    private static final long TIMEOUT_SECONDS = 120;
    private static final Pattern NOT_FOR_A_SHELL = Pattern.compile("[$`\"\n\r]|\\\\(?=[$`\"\\\\])");

    private final PostgresBinaries binaries;
    private final Path folder;
    private final boolean asSuperuser;

    /** @param folder where the programs' output is kept while they run */
    PostgresPrograms(PostgresBinaries binaries, Path folder) throws PostgresException {
        this.binaries = binaries;
        this.folder = folder;
        this.asSuperuser = uid() == 0;
        if (asSuperuser) {
            requireUserNamespaces();
        }
    }

    private static int uid() throws PostgresException {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw new PostgresException("Expected /proc/self to tell this process's user: " + FaultText.of(e), e);
        }
    }

    private void requireUserNamespaces() throws PostgresException {
        Result result;
        try {
            result = execute(List.of("unshare", "-U", "true"));
        } catch (PostgresException e) {
            result = new Result(-1, e.getMessage());
        }
        if (result.exitCode() != 0) {
            throw new PostgresException("PostgreSQL refuses to run as root and this machine does not allow user"
                    + " namespaces ('unshare -U true' says: " + result.output() + "); run headquarters as another"
                    + " user, or name an external PostgreSQL in the setting hq.database.url");
        }
    }

    /**
     * Runs a program and expects success.
     *
     * @throws PostgresException with the program's own words when it fails or takes longer than two minutes
     */
    void run(String program, String... arguments) throws PostgresException {
        List<String> command = new ArrayList<>();
        if (asSuperuser) {
            command.addAll(List.of("unshare", "-U"));
        }
        command.add(binaries.program(program).toString());
        command.addAll(Arrays.asList(arguments));
        Result result = execute(command);
        if (result.exitCode() != 0) {
            throw new PostgresException(
                    program + " failed with exit code " + result.exitCode() + ": " + result.output());
        }
    }

    /**
     * Refuses a path that PostgreSQL's own programs cannot take: pg_ctl and initdb put it between double quotes for a shell.
     */
    static void requireUsable(Path folder) throws PostgresException {
        Matcher found = NOT_FOR_A_SHELL.matcher(folder.toString());
        if (found.find()) {
            throw new PostgresException(
                    folder + ": expected a path without $, `, \", line breaks and doubled backslashes for"
                            + " the embedded PostgreSQL, found " + Printable.of(found.group()) + " at character "
                            + (found.start() + 1)
                            + ". Move the home, or name another folder in the setting hq.database.folder or an"
                            + " external PostgreSQL in hq.database.url");
        }
    }

    private Result execute(List<String> command) throws PostgresException {
        Path output = null;
        try {
            // A file, not a pipe: the server that pg_ctl leaves behind would hold a pipe open for ever.
            output = Files.createTempFile(folder, "program", ".out");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(output.toFile());
            builder.environment().put("LC_ALL", "C");
            builder.environment().remove("PGDATA");
            Process process = builder.start();
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new PostgresException(
                        command.get(0) + " did not end within " + TIMEOUT_SECONDS + " s and was stopped");
            }
            return new Result(
                    process.exitValue(), new String(Files.readAllBytes(output), StandardCharsets.UTF_8).strip());
        } catch (IOException e) {
            throw new PostgresException("Cannot run " + command.get(0) + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PostgresException("Interrupted while " + command.get(0) + " ran", e);
        } finally {
            delete(output);
        }
    }

    private static void delete(Path output) {
        if (output != null) {
            output.toFile().delete();
        }
    }

    /** The output of a program that has ended. */
    private record Result(int exitCode, String output) {}
}
