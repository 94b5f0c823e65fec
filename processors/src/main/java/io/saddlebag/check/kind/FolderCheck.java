package io.saddlebag.check.kind;

import io.saddlebag.check.kind.Option.Form;
import io.saddlebag.files.PathGlob;
import java.nio.file.Path;
import java.util.List;

/** Kind {@code folder}: the entries that a folder must and must not have, and their number. */
public final class FolderCheck implements ContentCheck {
    public static final String NAME = "folder";

    public static final List<Option> OPTIONS = List.of(
            Option.optional("must-contain", Form.GLOBS, null, "Each of these is there, as a file or a folder"),
            Option.optional("must-not-contain", Form.GLOBS, null, "None of these is there"),
            Option.optional("only", Form.GLOBS, null, "Each file is one of these"),
            Option.optional("files-at-least", Form.COUNT, "0", "The fewest files"),
            Option.optional("files-at-most", Form.COUNT, null, "The most files"));

    private final List<PathGlob> required;
    private final List<PathGlob> refused;
    private final List<PathGlob> only;
    private final long atLeast;
    private final Long atMost;

    public FolderCheck(Options options) {
        required = options.globs("must-contain");
        refused = options.globs("must-not-contain");
        only = options.globs("only");
        atLeast = options.count("files-at-least");
        atMost = options.count("files-at-most");
    }

    @Override
    public MessageCheck begin(Faults faults, Path work) {
        return new MessageCheck() {
            private final boolean[] isThere = new boolean[required.size()];
            private long files;
            private boolean isFile;

            @Override
            public FileCheck file(String path, long size) {
                files++;
                isFile = path == null;
                if (!isFile) {
                    entry(path);
                    if (!only.isEmpty() && only.stream().noneMatch(each -> each.contains(path))) {
                        faults.add(path, 0, 0, "only files that match one of " + only);
                    }
                }
                return null;
            }

            @Override
            public void folder(String path) {
                entry(path);
            }

            private void entry(String path) {
                for (int i = 0; i < isThere.length; i++) {
                    isThere[i] |= required.get(i).contains(path);
                }
                refused.stream()
                        .filter(each -> each.contains(path))
                        .forEach(each -> faults.add(path, 0, 0, "nothing that matches " + each));
            }

            @Override
            public void end() {
                if (isFile) {
                    faults.add(null, 0, 0, "a folder, found a file");
                    return;
                }
                for (int i = 0; i < isThere.length; i++) {
                    if (!isThere[i]) {
                        faults.add(null, 0, 0, "an entry that matches " + required.get(i) + ", found none");
                    }
                }
                if (files < atLeast) {
                    faults.add(null, 0, 0, "at least " + atLeast + " files, found " + files);
                } else if (atMost != null && files > atMost) {
                    faults.add(null, 0, 0, "at most " + atMost + " files, found " + files);
                }
            }
        };
    }
}
