package io.saddlebag.lab.drop;

import io.saddlebag.files.SystemFiles;
import io.saddlebag.files.access.Modes;
import io.saddlebag.lab.bag.BagCheck;
import io.saddlebag.lab.records.LabFolders;
import io.saddlebag.message.Printable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what is no data out of a claimed folder, before the folder is judged and digested: it is kept apart in {@code
 * sent/}, and nothing is deleted. In a bag (RFC 8493) a file that a manifest names is data, whatever its name. After a
 * crash it completes the rest when it runs again. Holds the names of one folder at each depth. For any number of
 * threads.
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
    void outOf(Path folder, String fileName) throws IOException {
        Set<String> data = BagCheck.isBag(folder) ? BagCheck.named(folder, this::isOnList) : Set.of();
        new Pass(folder, fileName, data).run();
    }

    private boolean isOnList(String path) {
        for (String name : path.split("/")) {
            if (systemFiles.contains(name)) {
                return true;
            }
        }
        return false;
    }

    /** Through one folder. */
    private final class Pass {
        private final Path root;
        private final String fileName;
        private final Set<String> data;
        private final List<String> left = new ArrayList<>();
        private long count;
        private Path apart;

        Pass(Path root, String fileName, Set<String> data) {
            this.root = root;
            this.fileName = fileName;
            this.data = data;
        }

        void run() throws IOException {
            through(root, "", false);
            if (count > 0) {
                LOG.info(
                        "{}: travels without {} system files, kept in {}: {}{}",
                        Printable.of(fileName),
                        count,
                        Printable.of(apart.toString()),
                        Printable.of(String.join(", ", left)),
                        count > left.size() ? ", ..." : "");
            }
        }

        /** @param isBelowOne whether the folder is on the list itself, and holds data all the same */
        private void through(Path folder, String prefix, boolean isBelowOne) throws IOException {
            for (Path name : LabFolders.namesIn(folder)) {
                Path entry = folder.resolve(name);
                String path = prefix + name;
                boolean isOut = isBelowOne || systemFiles.contains(name.toString());
                boolean isFolder = Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS);
                if (isFolder && (!isOut || holdsData(path))) {
                    through(entry, path + "/", isOut);
                } else if (isOut && !data.contains(path)) {
                    leaveOut(entry, path);
                }
            }
        }

        private boolean holdsData(String path) {
            return data.stream().anyMatch(each -> each.startsWith(path + "/"));
        }

        private void leaveOut(Path entry, String path) throws IOException {
            apart = apart == null ? folders.leftOutOf(fileName) : apart;
            Path target = apart.resolve(path);
            Files.createDirectories(target.getParent(), Modes.SHARED_FOLDER);
            LabFolders.move(entry, target);
            if (++count <= NAMED) {
                left.add(path);
            }
        }
    }
}
