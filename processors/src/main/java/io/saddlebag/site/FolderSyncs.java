package io.saddlebag.site;

import io.saddlebag.files.UnsyncedFolders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries at the start whether the folders in which a site keeps what it confirms survive a power cut. A file system that
 * cannot sync a folder stops the start or is named once, as the setting says.
 */
public final class FolderSyncs {
    /** The same setting at every site. */
    public static final Setting SETTING = Setting.optional(
            "folder.sync",
            Setting.Kind.TEXT,
            "required",
            "required: a folder that its file system cannot sync stops the start; best-effort: it is named in a warning,"
                    + " and a power cut may lose or repeat what was put there.");

    private static final Logger LOG = LoggerFactory.getLogger(FolderSyncs.class);
    private static final String REQUIRED = "required";
    private static final String BEST_EFFORT = "best-effort";

    private FolderSyncs() {}

    /**
     * @param folders of one that is still to be made the one above it counts
     * @throws SiteStartException with one line a folder that cannot be synced, when it must be, or for any other value
     */
    public static void require(Settings settings, Collection<Path> folders) throws SiteStartException {
        String wanted = settings.text(SETTING.name());
        if (!wanted.equals(REQUIRED) && !wanted.equals(BEST_EFFORT)) {
            throw new SiteStartException(settings.home().settingsFile() + ": expected for " + SETTING.name() + " "
                    + REQUIRED + " or " + BEST_EFFORT + ", found '" + wanted + "'. " + SETTING.meaning());
        }
        List<String> faults = new ArrayList<>();
        for (Path folder :
                folders.stream().map(FolderSyncs::existing).distinct().toList()) {
            Optional<String> reason = UnsyncedFolders.reason(folder);
            if (reason.isEmpty()) {
                continue;
            }
            if (wanted.equals(REQUIRED)) {
                faults.add(folder + ": expected a file system that can sync a folder, found: " + reason.get()
                        + ". Put the folder on another one, or accept with " + SETTING.name() + "=" + BEST_EFFORT
                        + " that a power cut loses or repeats what was put there");
            } else {
                UnsyncedFolders.accept(folder, reason.get());
                LOG.warn(
                        "{}: its file system cannot sync a folder ({}): a power cut may lose or repeat what was put there,"
                                + " though it was confirmed",
                        folder,
                        reason.get());
            }
        }
        if (!faults.isEmpty()) {
            throw new SiteStartException(String.join(System.lineSeparator(), faults));
        }
    }

    private static Path existing(Path folder) {
        Path at = folder.toAbsolutePath().normalize();
        while (!Files.isDirectory(at) && at.getParent() != null) {
            at = at.getParent();
        }
        return at;
    }
}
