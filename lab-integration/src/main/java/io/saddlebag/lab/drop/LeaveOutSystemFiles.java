package io.saddlebag.lab.drop;

import io.saddlebag.files.SystemFiles;
import io.saddlebag.files.access.Modes;
import io.saddlebag.lab.bag.NoData;
import io.saddlebag.lab.claim.DropRules;
import io.saddlebag.lab.claim.LeftOutNote;
import io.saddlebag.lab.records.LabFolders;
import io.saddlebag.message.Printable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what is no data, and what the route excludes, out of a claimed folder, before the folder is judged and
 * digested: it is kept apart in {@code sent/}, and nothing is deleted. A note in the folder names what was excluded.
 * In a bag (RFC 8493) a file that a manifest names is data, whatever its name. After a crash it completes the rest
 * when it runs again. Holds the names of one folder at each depth. For any number of threads.
 */
public final class LeaveOutSystemFiles {
    private static final Logger LOG = LoggerFactory.getLogger(LeaveOutSystemFiles.class);
    private static final int NAMED = 5;

    private final SystemFiles systemFiles;
    private final LabFolders folders;

    public LeaveOutSystemFiles(SystemFiles systemFiles, LabFolders folders) {
        this.systemFiles = systemFiles;
        this.folders = folders;
    }

    /**
     * @param folder of the site's own, in which nobody else can change names
     * @param fileName as dropped
     */
    void outOf(Path folder, String fileName, DropRules rules) throws IOException {
        NoData noData = NoData.in(folder, systemFiles, rules::isExcluded);
        if (!rules.exclude().isEmpty()) {
            // Before the first of them goes, so that none is missing after a crash.
            LeftOutNote note = new LeftOutNote(rules.exclude());
            collect(folder, "", noData, rules, note);
            note.writeInto(folder);
        }
        new Pass(folder, fileName, noData, rules).run();
    }

    private static void collect(Path folder, String prefix, NoData noData, DropRules rules, LeftOutNote note)
            throws IOException {
        for (Path name : LabFolders.namesIn(folder)) {
            String path = prefix + name;
            boolean isFolder = Files.isDirectory(folder.resolve(name), LinkOption.NOFOLLOW_LINKS);
            if (noData.contains(path, folder.resolve(name))) {
                if (rules.isExcluded(path)) {
                    note.add(path, isFolder);
                }
            } else if (isFolder) {
                collect(folder.resolve(name), path + "/", noData, rules, note);
            }
        }
    }

    /** Through one folder. */
    private final class Pass {
        private final Path root;
        private final String fileName;
        private final NoData noData;
        private final DropRules rules;
        private final List<String> left = new ArrayList<>();
        private final Map<String, Path> apart = new TreeMap<>();
        private long count;

        Pass(Path root, String fileName, NoData noData, DropRules rules) {
            this.root = root;
            this.fileName = fileName;
            this.noData = noData;
            this.rules = rules;
        }

        void run() throws IOException {
            through(root, "");
            if (count > 0) {
                LOG.info(
                        "{}: travels without {} system or excluded files and folders, kept in {}: {}{}",
                        Printable.of(fileName),
                        count,
                        Printable.of(apart.values().toString()),
                        Printable.of(String.join(", ", left)),
                        count > left.size() ? ", ..." : "");
            }
        }

        private void through(Path folder, String prefix) throws IOException {
            for (Path name : LabFolders.namesIn(folder)) {
                Path entry = folder.resolve(name);
                String path = prefix + name;
                if (noData.contains(path, entry)) {
                    leaveOut(entry, path);
                } else if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                    through(entry, path + "/");
                }
            }
        }

        private void leaveOut(Path entry, String path) throws IOException {
            String suffix = rules.isExcluded(path) ? LabFolders.EXCLUDED : LabFolders.IGNORED;
            if (!apart.containsKey(suffix)) {
                apart.put(suffix, folders.leftOutOf(fileName, suffix));
            }
            Path target = apart.get(suffix).resolve(path);
            Files.createDirectories(target.getParent(), Modes.SHARED_FOLDER);
            LabFolders.move(entry, target);
            if (++count <= NAMED) {
                left.add(path);
            }
        }
    }
}
