package io.saddlebag.check;

import io.saddlebag.files.Utf8File;
import io.saddlebag.files.tree.FolderTar;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.site.HomeTrust;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The check files of a home, each read anew when it has changed, so that a change counts from the next message on. For any
 * number of threads.
 */
public final class HomeChecks {
    /** The parameter of a route that names a check file. */
    public static final String PARAMETER = "check";
    /** The value of the parameter for none. */
    public static final String NONE = "none";

    /** Judged with the home, before anything there is read. */
    private static final String FOLDER = "checks";

    private final SiteHome home;
    private final Map<String, Kept> kept = new ConcurrentHashMap<>();

    private record Kept(FileTime modified, long size, CheckFile file) {}

    public HomeChecks(SiteHome home) {
        this.home = home;
    }

    /**
     * Judges a check file that a route names.
     *
     * @param path relative to the home
     * @throws SiteStartException with one line a fault, also when others could change a program that it names
     */
    public static void require(SiteHome home, String path) throws SiteStartException {
        CheckFile file = read(home, path);
        for (Path program : file.programs()) {
            HomeTrust.requireFile(home, program);
        }
    }

    /** As {@link #require}, with a line a fault in the list. */
    public static void judge(SiteHome home, String path, List<String> faults) {
        try {
            require(home, path);
        } catch (SiteStartException e) {
            e.getMessage().lines().forEach(faults::add);
        }
    }

    private static CheckFile read(SiteHome home, String path) throws SiteStartException {
        Path file = home.resolve(path);
        if (!file.startsWith(home.resolve(FOLDER)) || file.equals(home.resolve(FOLDER))) {
            throw new SiteStartException(Printable.of(path)
                    + ": expected a check file in checks/ of the home such as checks/results.yaml, found one"
                    + " elsewhere. Copy it there");
        }
        List<String> faults = new ArrayList<>();
        CheckFile read;
        try {
            read = CheckFile.read(path, Utf8File.read(file), home.folder(), faults);
        } catch (IOException e) {
            throw new SiteStartException(
                    Printable.of(path) + ": expected a check file, found " + Printable.reason(FaultText.of(e))
                            + ". Make it, or correct the route's parameter check",
                    e);
        }
        if (!faults.isEmpty()) {
            throw new SiteStartException(String.join(System.lineSeparator(), faults));
        }
        return read;
    }

    /**
     * Begins the checks of a message.
     *
     * @param path relative to the home; null for none
     * @param isFolder whether its bytes are a folder's tar
     * @throws IOException when the check file has a fault: the message is to wait until it is corrected
     */
    public CheckRun begin(String path, String fileName, boolean isFolder, long size) throws IOException {
        return path == null ? CheckRun.NONE : now(path).begin(fileName, isFolder, size, home.work());
    }

    /**
     * Judges the content of a file or folder, for a trial.
     *
     * @return the faults, a line each; empty when it passes
     */
    public List<String> faults(String path, Path content) throws IOException {
        boolean isFolder = Files.isDirectory(content);
        long size = isFolder ? -1 : Files.size(content);
        try (InputStream in = FolderTar.open(content);
                CheckRun run = begin(path, content.getFileName().toString(), isFolder, size)) {
            run.take(in);
            return List.of();
        } catch (Refusal e) {
            return e.faults().isEmpty()
                    ? List.of(e.reason())
                    : e.faults().stream().map(Refusal.Fault::text).toList();
        }
    }

    /** The answer of a trial: the place, the code and a line for each fault. */
    public static String refused(String place, String path, List<String> faults) {
        return place + ", code " + Refusal.Code.BAD_CONTENT.text() + " by " + Printable.of(path) + ":"
                + faults.stream()
                        .map(each -> System.lineSeparator() + "  " + each)
                        .collect(Collectors.joining());
    }

    private CheckFile now(String path) throws IOException {
        Path file = home.resolve(path);
        FileTime modified = Files.getLastModifiedTime(file);
        long size = Files.size(file);
        Kept before = kept.get(path);
        if (before != null && before.modified().equals(modified) && before.size() == size) {
            return before.file();
        }
        try {
            CheckFile read = read(home, path);
            for (Path program : read.programs()) {
                HomeTrust.requireFile(home, program);
            }
            kept.put(path, new Kept(modified, size, read));
            return read;
        } catch (SiteStartException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
