package io.saddlebag.cli.demo;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.site.camel.RouteFiles;
import io.saddlebag.site.camel.TemplatedRoute;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * One of the four files of the scenario.
 *
 * @param fileName as it is dropped
 * @param recipients who is to get it
 */
public record Sample(String fileName, List<SiteId> recipients) {
    /** The scenario's. */
    public static final List<Sample> ALL = List.of(
            of("FL-LAB_DAT_20251008_001.csv", "CA-RC", "SF-RC"),
            of("PA-LAB_RPT_20251008_125.txt", "CA-RC", "NY-RC", "SF-RC"),
            of("MA-LAB_DAT_20251008_045.csv", "NY-RC", "SF-RC"),
            of("IL-LAB_RPT_20251008_175.txt", "CA-RC", "SF-RC"));

    private static Sample of(String fileName, String... recipients) {
        return new Sample(fileName, Stream.of(recipients).map(SiteId::of).toList());
    }

    /** How many deliveries the scenario makes. */
    public static int deliveries() {
        return ALL.stream().mapToInt(sample -> sample.recipients().size()).sum();
    }

    public MessageId messageId() {
        return MessageId.of(fileName.substring(0, fileName.lastIndexOf('.')));
    }

    public SiteId sender() {
        return messageId().sender();
    }

    public byte[] content() throws IOException {
        URL url = Sample.class.getClassLoader().getResource("saddlebag/samples/" + fileName);
        if (url == null) {
            throw new IOException("Expected the sample " + fileName
                    + " in this distribution, found none. Build it anew:" + " mvn clean package");
        }
        try (InputStream in = url.openStream()) {
            return in.readAllBytes();
        }
    }

    /**
     * Drops the file as a person would: under a hidden name, then renamed in the folder of the route that takes it.
     *
     * @param lab the home of the sender
     * @return where it lies
     */
    public Path drop(SiteHome lab, List<String> routeFolders) throws IOException, SiteStartException {
        Path folder = lab.resolve(dropFolder(lab, routeFolders));
        AtomicFiles.createFolders(folder);
        Path beside = folder.resolve("." + fileName + ".part");
        Files.write(beside, content());
        return Files.move(beside, folder.resolve(fileName), StandardCopyOption.ATOMIC_MOVE);
    }

    private String dropFolder(SiteHome lab, List<String> routeFolders) throws IOException, SiteStartException {
        for (TemplatedRoute route : RouteFiles.read(lab, routeFolders)) {
            TemplatedRoute.Parameter include = route.parameters().get("include");
            if (route.template().equals("drop-folder") && (include == null || fileName.matches(include.value()))) {
                return route.parameters().get("directory").value();
            }
        }
        throw new IOException(lab.routes() + ": expected a drop-folder that takes " + fileName + ", found none. Is the"
                + " distribution whole?");
    }

    /** True when its laboratory has the confirm, which may come after the deliveries. */
    boolean isSent(SiteHome lab) {
        Path sent = lab.resolve("sent");
        if (!Files.isDirectory(sent)) {
            return false;
        }
        try (Stream<Path> files = Files.walk(sent, 2)) {
            return files.anyMatch(file -> file.getFileName().toString().equals(fileName));
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    /** True when the outbox of its receiver has the dropped file of a delivery, with every byte. */
    static boolean isWhole(HqRecords.Delivery delivery, SiteHome centre) throws IOException {
        for (Sample sample : ALL) {
            if (sample.messageId().value().equals(delivery.messageId())) {
                Path file = centre.resolve("outbox/" + sample.sender() + "/" + sample.fileName());
                return Files.isRegularFile(file) && Arrays.equals(sample.content(), Files.readAllBytes(file));
            }
        }
        return false;
    }
}
