package io.saddlebag.check.kind;

import io.saddlebag.check.kind.Option.Form;
import io.saddlebag.clock.Durations;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Kind {@code command}: a program of the site's own reads the message on its standard input, a folder as its tar, and says
 * by its exit code what it found: 0 no fault, 1 a fault. Any other code is trouble of the site: the message is tried again.
 * No shell reads the command.
 */
public final class CommandCheck implements ContentCheck {
    public static final String NAME = "command";

    public static final List<Option> OPTIONS = List.of(
            Option.required("command", Form.TEXTS, "The absolute path of the program, then its arguments, a list"),
            Option.optional(
                    "user",
                    Form.TEXT,
                    null,
                    "The user that it runs as; for a site that runs as root alone, and then required"),
            Option.optional(
                    "time-limit",
                    Form.DURATION,
                    "5m",
                    "How long it may take, at a laboratory with the reading of the content; then it is ended, and that is a fault"));

    private static final int FAULT = 1;
    private static final String SWITCH_USER = "/usr/sbin/runuser";
    private static final String SWITCH_USER_ELSEWHERE = "/sbin/runuser";
    private static final int KILLED = 128 + 9;
    private static final String TIMEOUT = "/usr/bin/timeout";
    /** The longest wait for a program that was killed, and for the end of its output. */
    private static final int GRACE_SECONDS = 10;

    private static final int LOOK_MILLIS = 100;
    /** The most buffers that were read and are not yet written. */
    private static final int BUFFERS = 4;

    private static final byte[] END = {};

    private static final int MOST_LINES = 10_000;
    /** A place alone: text of the program could hold a value. */
    private static final Pattern PLACE = Pattern.compile("row ([0-9]{1,15})(?:,? column ([0-9]{1,6}))?");

    private final List<String> argv;
    private final Path program;
    private final String name;
    private final Duration limit;

    /** @throws IllegalArgumentException naming what was expected and found */
    public CommandCheck(Options options) {
        List<String> command = options.texts("command");
        program = Path.of(command.isEmpty() ? "" : command.get(0));
        String user = options.text("user");
        if (!program.isAbsolute() || !Files.isExecutable(program) || Files.isDirectory(program)) {
            throw new IllegalArgumentException(
                    "for command the absolute path of a program that this site may run, found " + program
                            + ". Correct it");
        }
        name = program.getFileName().toString();
        limit = options.duration("time-limit");
        argv = new ArrayList<>(withLimit(limit));
        argv.addAll(asUser(user));
        argv.addAll(command);
    }

    private static List<String> asUser(String user) {
        String own = System.getProperty("user.name");
        if (user == null && own.equals("root")) {
            throw new IllegalArgumentException("user, because this site runs as root and the program reads what came"
                    + " from elsewhere, found none. Add a user of its own, such as user: nobody");
        }
        if (user != null && !own.equals("root")) {
            throw new IllegalArgumentException(
                    "user for a site that runs as root alone, found it at one of " + own + ". Remove it");
        }
        if (user != null && !user.matches("[a-z_][a-z0-9_-]{0,31}")) {
            throw new IllegalArgumentException("for user the name of a user such as nobody. Correct it");
        }
        if (user != null) {
            try {
                FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(user);
            } catch (IOException e) {
                throw new IllegalArgumentException(
                        "for user a user of this machine, found none of that name. Correct it", e);
            }
        }
        return user == null
                ? List.of()
                : List.of(
                        Files.isExecutable(Path.of(SWITCH_USER)) ? SWITCH_USER : SWITCH_USER_ELSEWHERE,
                        "-u",
                        user,
                        "--");
    }

    /** The program; whoever may change it runs code as the site. */
    public Path program() {
        return program;
    }

    @Override
    public MessageCheck begin(Faults faults, Path work) {
        return new Run(faults);
    }

    /** Ends the program and its children, which are one process group, at the time limit; then it ends too. */
    private static List<String> withLimit(Duration limit) {
        return List.of(
                TIMEOUT, "-s", "KILL", String.format(Locale.ROOT, "%d.%03d", limit.toSeconds(), limit.toMillisPart()));
    }

    private final class Run extends MessageCheck implements FileCheck {
        private final Faults faults;
        private final BlockingQueue<byte[]> input = new ArrayBlockingQueue<>(BUFFERS);
        private final CompletableFuture<List<Matcher>> places = new CompletableFuture<>();
        private Process process;
        private long deadline;
        private volatile boolean isClosed;

        Run(Faults faults) {
            this.faults = faults;
        }

        @Override
        public FileCheck stream() throws IOException {
            ProcessBuilder builder =
                    new ProcessBuilder(argv).directory(Path.of("/").toFile());
            builder.environment().keySet().retainAll(List.of("PATH", "LANG", "LC_ALL", "TZ"));
            deadline = System.nanoTime() + limit.toNanos();
            Process running =
                    builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
            process = running;
            // A program may stop to read or write and leave a child with its pipes: no thread of the site waits for
            // these.
            thread("check-input", () -> feed(running));
            thread("check-output", () -> places.complete(read(running)));
            return this;
        }

        private void thread(String name, Runnable task) {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            thread.start();
        }

        private void feed(Process running) {
            try (OutputStream out = running.getOutputStream()) {
                for (byte[] bytes = input.take(); bytes.length > 0; bytes = input.take()) {
                    out.write(bytes);
                }
            } catch (IOException e) {
                // It has ended, or closed its input: the exit code tells.
                isClosed = true;
                input.clear();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void update(byte[] bytes, int offset, int length) throws IOException {
            if (length > 0) {
                give(Arrays.copyOfRange(bytes, offset, offset + length));
            }
        }

        private void give(byte[] bytes) throws IOException {
            try {
                while (!isClosed && !input.offer(bytes, LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                    if (System.nanoTime() - deadline > 0) {
                        isClosed = true;
                    }
                }
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
        }

        private IOException interrupted(InterruptedException e) {
            Thread.currentThread().interrupt();
            return new IOException("interrupted while " + name + " ran", e);
        }

        @Override
        public void end() throws IOException {
            if (process == null) {
                return;
            }
            give(END);
            try {
                long left = deadline - System.nanoTime() + TimeUnit.SECONDS.toNanos(GRACE_SECONDS);
                if (!process.waitFor(left, TimeUnit.NANOSECONDS)) {
                    isOverTime();
                    return;
                }
                int code = process.exitValue();
                // A child that it left may keep its output open.
                judge(code, code == FAULT ? places.get(GRACE_SECONDS, TimeUnit.SECONDS) : List.of());
            } catch (InterruptedException e) {
                throw interrupted(e);
            } catch (ExecutionException | TimeoutException e) {
                throw new IOException("expected the output of " + name + " to end with it, found it open", e);
            } finally {
                close();
            }
        }

        private void isOverTime() {
            faults.add(null, 0, 0, name + " to end within " + Durations.text(limit));
        }

        private void judge(int code, List<Matcher> found) throws IOException {
            if (code == KILLED && System.nanoTime() - deadline > 0) {
                isOverTime();
            } else if (code == FAULT) {
                if (found.isEmpty()) {
                    faults.add(null, 0, 0, name + " to find no fault");
                }
                for (Matcher place : found) {
                    int column = place.group(2) == null ? 0 : Integer.parseInt(place.group(2));
                    faults.add(
                            null,
                            Long.parseLong(place.group(1)),
                            column,
                            "content in which " + name + " finds no fault");
                }
            } else if (code != 0) {
                throw new IOException("expected " + name + " to end with the code 0 or 1, found " + code
                        + ". Run it by hand; the message waits");
            }
        }

        @Override
        public void close() {
            if (process != null) {
                // The handle's, which waits for no pipe. The program's group gets the signal too.
                process.toHandle().destroy();
                process = null;
            }
            isClosed = true;
            input.clear();
            input.offer(END);
        }
    }

    /** Reads to the end, so that the program never waits, and keeps places alone. */
    private static List<Matcher> read(Process process) {
        List<Matcher> places = new ArrayList<>();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.ISO_8859_1))) {
            StringBuilder line = new StringBuilder();
            int count = 0;
            for (int c = lines.read(); c >= 0; c = lines.read()) {
                if (c != '\n') {
                    if (line.length() < 64) {
                        line.append((char) c);
                    }
                    continue;
                }
                Matcher place = PLACE.matcher(line);
                if (count++ < MOST_LINES && places.size() < Faults.MOST && place.matches()) {
                    // The matcher keeps the text that it was given.
                    places.add(PLACE.matcher(line.toString()));
                    places.get(places.size() - 1).matches();
                }
                line.setLength(0);
            }
        } catch (IOException e) {
            // The program was ended; its exit code tells.
        }
        return places;
    }
}
