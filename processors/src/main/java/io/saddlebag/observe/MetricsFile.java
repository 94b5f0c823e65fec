package io.saddlebag.observe;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.access.Modes;
import io.saddlebag.log.FaultText;
import io.saddlebag.log.RepeatedFaults;
import io.saddlebag.message.Printable;
import io.saddlebag.site.SiteHome;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Step {@code writeMetrics}: writes {@code run/metrics.prom}, which a reader sees whole, such as the textfile collector of
 * Prometheus' node exporter. Not synced: the next one follows in seconds. It goes when the site stops, and stays after a
 * kill. For one thread at a time.
 */
public final class MetricsFile implements Processor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MetricsFile.class);
    private static final Set<StandardOpenOption> ANEW =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);

    private final SiteMetrics metrics;
    private final Path file;
    private final Path unfinished;
    private final RepeatedFaults faults = new RepeatedFaults();

    public MetricsFile(SiteMetrics metrics, SiteHome home) {
        this.metrics = metrics;
        this.file = home.run().resolve("metrics.prom");
        this.unfinished = home.run().resolve(".metrics.prom" + AtomicFiles.TEMPORARY_SUFFIX);
    }

    @Override
    public void process(Exchange exchange) {
        try {
            write();
            faults.over();
        } catch (IOException | RuntimeException e) {
            // A figure may ask a journal or a database.
            faults.occurred(RepeatedFaults.kindOf(FaultText.of(e)))
                    .ifPresent(repeats -> LOG.warn(
                            "{}: the figures cannot be written: {}{}",
                            file,
                            Printable.reason(FaultText.of(e)),
                            repeats));
        }
    }

    private void write() throws IOException {
        try (FileChannel channel = FileChannel.open(unfinished, ANEW, Modes.SHARED_FILE);
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel))) {
            metrics.writeTo(out);
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Call it once the routes have stopped. */
    @Override
    public void close() {
        try {
            Files.deleteIfExists(unfinished);
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("{}: the figures cannot be removed: {}", file, Printable.reason(FaultText.of(e)));
        }
    }
}
