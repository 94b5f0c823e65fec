package io.saddlebag.lab;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.Presence;
import io.saddlebag.journal.JournalException;
import io.saddlebag.lab.claim.DropRoots;
import io.saddlebag.lab.claim.Dropped;
import io.saddlebag.lab.message.FileLook;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.message.OutgoingMessage.Claim;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.lab.records.LabJournal.Move;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.ReceiptSecret;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteClocks;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.testing.TestNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

/** The home of FL-LAB with one drop folder, and the application that runs in it. */
public final class TestLab {
    public static final SiteId SITE = SiteId.of("FL-LAB");

    private final SiteHome home;

    /** @param folder becomes the home, with a copy of the network's identity of the site */
    TestLab(TestNetwork network, Path folder) {
        home = new SiteHome(folder);
        copy(network.identityFolder(SITE), home.identity());
        write(
                home.settingsFile(),
                "site.id=FL-LAB\nhq.host=127.0.0.1\nhq.port=1\nrecipient.CA-RC=ca_rc\nrecipient.SF-RC=sf_rc\n"
                        + "folder.settle-time=20ms\nfolder.poll-interval=20ms\npublish.retry-interval=200ms\n"
                        + "hq.reconnect-max=50ms\npublish.stop-wait=300ms\n");
        route("CA-RC,SF-RC");
    }

    void route(String recipients) {
        route(recipients, "FL-LAB_(DAT|IMG)_.*|bad.*|PA-.*", "");
    }

    /** @param more lines of parameters in the flow style, or none */
    void route(String recipients, String include, String more) {
        write(home.routes().resolve("drop-folders.camel.yaml"), """
                - templatedRoute:
                    routeTemplateRef: drop-folder
                    routeId: fl-lab-raw-data
                    parameters:
                      - {name: directory, value: "drop/raw-data"}
                      - {name: include, value: "%s"}
                      - {name: recipients, value: "%s"}
                """.formatted(include, recipients) + more);
    }

    LabApplication start(int port, Map<String, String> overrides) throws SiteStartException {
        return start(port, overrides, SiteClocks.ofSystem());
    }

    LabApplication start(int port, Map<String, String> overrides, SiteClocks clocks, String... adopted)
            throws SiteStartException {
        Map<String, String> all = new HashMap<>(overrides);
        all.put("hq.port", Integer.toString(port));
        LabApplication lab = new LabApplication(home, all, Set.of(adopted), clocks);
        lab.start();
        return lab;
    }

    LabApplication start(int port) throws SiteStartException {
        return start(port, Map.of());
    }

    SiteHome home() {
        return home;
    }

    Path drop() {
        return home.resolve("drop/raw-data");
    }

    Path drop(String name, byte[] content) throws IOException {
        Files.createDirectories(drop());
        Path hidden = Files.write(drop().resolve("." + name), content);
        return Files.move(hidden, drop().resolve(name));
    }

    /** Each claim that a test makes itself has it. */
    public static final ReceiptSecret SECRET = ReceiptSecret.of(new byte[ReceiptSecret.LENGTH]);

    /** The claim of a file that is not there. */
    public static OutgoingMessage.Claim claim(String fileName, SiteId... recipients) {
        return new OutgoingMessage.Claim(
                "route",
                "drop/raw-data",
                fileName,
                "text/csv",
                List.of(recipients),
                Instant.parse("2025-10-08T09:00:00Z"),
                new FileLook(7, Instant.parse("2025-10-08T08:59:00Z")),
                SECRET);
    }

    /** The files below a folder of the home, by their paths within it. */
    List<String> files(String folder) {
        while (true) {
            try {
                return filesNow(home.resolve(folder));
            } catch (UncheckedIOException e) {
                // Something half written got its name, or a folder its place, while it was being listed.
                if (!(e.getCause() instanceof NoSuchFileException)) {
                    throw e;
                }
            }
        }
    }

    /** True if a file or folder lies in {@code failed/}; its reason is there before it. */
    boolean hasFailed(String name) {
        return Files.exists(home.resolve("failed/" + name), LinkOption.NOFOLLOW_LINKS);
    }

    private static List<String> filesNow(Path root) {
        if (!Files.exists(root)) {
            return List.of();
        }
        try (Stream<Path> found = Files.walk(root)) {
            // Half written files are hidden, and do not count yet.
            return found.filter(path -> !Files.isDirectory(path)
                            && !path.getFileName().toString().startsWith("."))
                    .map(path -> root.relativize(path).toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The names of the files below {@code sent/}, without their day. */
    List<String> sent() {
        return files("sent").stream()
                .map(path -> path.substring(path.indexOf('/') + 1))
                .sorted()
                .toList();
    }

    private static void copy(Path from, Path to) {
        try {
            AtomicFiles.createPrivateFolder(to);
            try (Stream<Path> files = Files.list(from)) {
                for (Path file : files.toList()) {
                    Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As if it had been claimed where it lies. */
    public static Dropped claimed(Path file) {
        return new Dropped(
                new DropRoots(opened -> {}, folder -> Presence.ALWAYS).of(file.getParent()),
                file.getFileName(),
                null,
                file);
    }

    public static OutgoingMessage claimed(LabJournal journal, MessageId id, Claim claim, Move move) throws IOException {
        return moved(journal, journal.claim(id, claim, null), move);
    }

    public static OutgoingMessage claimedNext(LabJournal journal, String prefix, Claim claim, Move move)
            throws IOException {
        return moved(journal, journal.claimNext(prefix, claim, null), move);
    }

    private static OutgoingMessage moved(LabJournal journal, CompletableFuture<OutgoingMessage> claim, Move move)
            throws IOException {
        OutgoingMessage claimed;
        try {
            claimed = claim.join();
        } catch (CompletionException e) {
            throw (JournalException) e.getCause();
        }
        journal.move(claimed, move);
        return claimed;
    }
}
