package io.saddlebag.site;

import io.saddlebag.clock.RunningTime;
import io.saddlebag.clock.Stretch;
import io.saddlebag.files.AtomicFiles;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A site's {@link RunningTime} and the file {@code run/running-time} that keeps it between runs. The file has a line
 * for each stretch (wall and running time at its beginning and end, lag of the wall clock), one for a doubt, and their
 * SHA-256. It is saved every 10 minutes, after a step and at the end. A kill loses at most 10 minutes of running time,
 * by which ages are then too small. A file that is absent, damaged or unreadable makes everything as old as this start.
 */
public final class SavedRunningTime implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SavedRunningTime.class);
    private static final Duration INTERVAL = Duration.ofMinutes(10);
    private static final long LOOK_SECONDS = 10;
    private static final String DOUBT = "doubt";
    private static final String DIGEST = "sha256";

    private final Path file;
    private final RunningTime time;
    private final ScheduledExecutorService thread;
    private Duration saved = Duration.ZERO;
    private long savedSteps;

    private SavedRunningTime(Path file, RunningTime time) {
        this.file = file;
        this.time = time;
        this.savedSteps = time.steps();
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread made = new Thread(task, "running-time");
            made.setDaemon(true);
            return made;
        });
    }

    /**
     * Takes up the running time where the run before left it, and saves it from now on.
     *
     * @throws SiteStartException when it cannot be saved
     */
    public static SavedRunningTime open(SiteHome home, SiteClocks clocks) throws SiteStartException {
        Path file = home.run().resolve("running-time");
        SavedRunningTime opened =
                new SavedRunningTime(file, new RunningTime(clocks.wall(), clocks.steady(), read(file)));
        try {
            AtomicFiles.createFolders(home.run());
            opened.save();
        } catch (IOException e) {
            throw new SiteStartException(
                    home.run() + ": expected a folder that this process may write, found "
                            + Printable.reason(FaultText.of(e)) + ". Check its owner and mode, and the free space",
                    e);
        }
        opened.thread.scheduleWithFixedDelay(opened::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
        return opened;
    }

    public RunningTime time() {
        return time;
    }

    private static RunningTime.Memory read(Path file) {
        try {
            return parse(Files.readString(file, StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            return new RunningTime.Memory(List.of(), null);
        } catch (IOException | RuntimeException e) {
            LOG.warn(
                    "{}: expected the running time of this site, found none that can be read: {}. All ages count from"
                            + " now, so that what is deleted by age stays for longer",
                    file,
                    Printable.reason(FaultText.of(e)));
            return new RunningTime.Memory(List.of(), null);
        }
    }

    private static RunningTime.Memory parse(String text) {
        int end = text.lastIndexOf(DIGEST + " ");
        if (end < 0 || !text.substring(end).strip().equals(digest(text.substring(0, end)))) {
            throw new IllegalArgumentException("its SHA-256 is not that of its lines");
        }
        List<Stretch> stretches = new ArrayList<>();
        RunningTime.Doubt doubt = null;
        for (String line : text.substring(0, end).lines().toList()) {
            String[] fields = line.split(" ");
            if (fields[0].equals(DOUBT)) {
                doubt = new RunningTime.Doubt(
                        Instant.parse(fields[1]), Duration.parse(fields[2]), Duration.parse(fields[3]));
            } else {
                stretches.add(new Stretch(
                        Instant.parse(fields[0]),
                        Duration.parse(fields[1]),
                        Instant.parse(fields[2]),
                        Duration.parse(fields[3]),
                        Duration.parse(fields[4])));
            }
        }
        return new RunningTime.Memory(stretches, doubt);
    }

    private static String write(RunningTime.Memory memory) {
        StringBuilder text = new StringBuilder();
        for (Stretch each : memory.stretches()) {
            line(text, each.fromWall(), each.fromRunning(), each.toWall(), each.toRunning(), each.behind());
        }
        if (memory.doubt() != null) {
            line(
                    text,
                    DOUBT,
                    memory.doubt().wall(),
                    memory.doubt().running(),
                    memory.doubt().last());
        }
        return text + digest(text.toString()) + "\n";
    }

    private static void line(StringBuilder text, Object... fields) {
        text.append(String.join(
                        " ", List.of(fields).stream().map(Object::toString).toList()))
                .append('\n');
    }

    private static String digest(String lines) {
        return DIGEST + " " + Sha256.of(lines.getBytes(StandardCharsets.UTF_8)).hex();
    }

    private void look() {
        try {
            if (time.steps() != savedSteps || isDue()) {
                save();
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn(
                    "{}: the running time is not saved, which is tried again: {}",
                    file,
                    Printable.reason(FaultText.of(e)));
        }
    }

    private boolean isDue() {
        return time.running().minus(saved).compareTo(INTERVAL) >= 0;
    }

    private synchronized void save() throws IOException {
        savedSteps = time.steps();
        saved = time.running();
        AtomicFiles.replace(file, write(time.memory()).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        thread.shutdown();
        try {
            save();
        } catch (IOException e) {
            LOG.warn("{}: the running time is not saved: {}", file, Printable.reason(FaultText.of(e)));
        }
    }
}
