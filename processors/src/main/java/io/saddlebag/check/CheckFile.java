package io.saddlebag.check;

import io.saddlebag.check.kind.BagProfileCheck;
import io.saddlebag.check.kind.CommandCheck;
import io.saddlebag.check.kind.ContentCheck;
import io.saddlebag.check.kind.CsvCheck;
import io.saddlebag.check.kind.DicomCheck;
import io.saddlebag.check.kind.FastqCheck;
import io.saddlebag.check.kind.FolderCheck;
import io.saddlebag.check.kind.Hl7Check;
import io.saddlebag.check.kind.JsonCheck;
import io.saddlebag.check.kind.Option;
import io.saddlebag.check.kind.Options;
import io.saddlebag.check.kind.VcfCheck;
import io.saddlebag.files.PathGlob;
import io.saddlebag.message.Printable;
import io.saddlebag.site.YamlFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * A check file: a YAML list of checks, each with its kind and options. A message must pass all of them. Immutable.
 *
 * @param name as reasons name it, such as {@code checks/results.yaml}
 */
public record CheckFile(String name, List<Entry> entries) {
    private static final String KIND = "kind";

    private static final Option FILES = new Option(
            "files",
            Option.Form.GLOBS,
            false,
            null,
            "The files that it reads, by their paths in a folder or by the name of a single file; all without it",
            List.of(),
            List.of());

    /**
     * One kind of check.
     *
     * @param readsFiles whether a check of it may name the files that it reads
     * @param maker throws {@link IllegalArgumentException} with the options that it expected and found
     */
    record Kind(String name, boolean readsFiles, List<Option> own, BiFunction<Options, Path, ContentCheck> maker) {
        /** Its options, with the one that several kinds have. */
        List<Option> options() {
            return readsFiles ? Stream.concat(Stream.of(FILES), own.stream()).toList() : own;
        }
    }

    /** In the order of the documents. */
    static final List<Kind> KINDS = List.of(
            new Kind(CsvCheck.NAME, true, CsvCheck.OPTIONS, (options, home) -> new CsvCheck(options)),
            new Kind(JsonCheck.NAME, true, JsonCheck.OPTIONS, JsonCheck::new),
            new Kind(FolderCheck.NAME, false, FolderCheck.OPTIONS, (options, home) -> new FolderCheck(options)),
            new Kind(BagProfileCheck.NAME, false, BagProfileCheck.OPTIONS, BagProfileCheck::new),
            new Kind(DicomCheck.NAME, true, DicomCheck.OPTIONS, (options, home) -> new DicomCheck(options)),
            new Kind(Hl7Check.NAME, true, Hl7Check.OPTIONS, (options, home) -> new Hl7Check(options)),
            new Kind(FastqCheck.NAME, true, FastqCheck.OPTIONS, (options, home) -> new FastqCheck(options)),
            new Kind(VcfCheck.NAME, true, VcfCheck.OPTIONS, (options, home) -> new VcfCheck(options)),
            new Kind(CommandCheck.NAME, false, CommandCheck.OPTIONS, (options, home) -> new CommandCheck(options)));

    /**
     * One check.
     *
     * @param files that it reads; empty for all
     */
    record Entry(ContentCheck check, List<PathGlob> files) {
        boolean takes(String path) {
            return files.isEmpty() || files.stream().anyMatch(each -> each.contains(path));
        }
    }

    public CheckFile {
        entries = List.copyOf(entries);
    }

    /**
     * Reads a check file.
     *
     * @param name as faults and reasons name it
     * @param home to which paths in it are relative
     * @param faults takes one line a fault: file, line, remedy
     */
    public static CheckFile read(String name, String yaml, Path home, List<String> faults) {
        YamlFile file = new YamlFile(name, faults);
        List<Entry> entries = new ArrayList<>();
        List<Node> documents = file.documents(yaml);
        if (documents.size() > 1) {
            file.fault(documents.get(1), "expected one list of checks, found a second document. Remove it");
        }
        for (Node document : documents) {
            for (Node node : file.sequence(document, "a list of checks, each beginning with - kind:")) {
                entry(file, node, home, faults, entries);
            }
        }
        if (entries.isEmpty() && faults.isEmpty()) {
            faults.add(name + ":1: expected a list of checks, each beginning with - kind:, found none. Add one");
        }
        return new CheckFile(name, entries);
    }

    private static void entry(YamlFile file, Node node, Path home, List<String> faults, List<Entry> entries) {
        if (!(node instanceof MappingNode map)) {
            file.mapping(node, "a check, such as kind: csv with its options");
            return;
        }
        List<String> ofKind = new ArrayList<>();
        Node given = new YamlFile(file.place(node), ofKind).mapping(node, KIND).get(KIND);
        String names = String.join(", ", KINDS.stream().map(Kind::name).toList());
        String name = given == null ? "" : file.text(given, "one of " + names);
        Kind kind = KINDS.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElse(null);
        if (kind == null) {
            file.fault(
                    given == null ? node : given,
                    "expected kind: with one of " + names + ", found "
                            + (given == null ? "none" : "'" + Printable.of(name) + "'") + ". Correct it");
            return;
        }
        List<Option> all = new ArrayList<>(kind.options());
        all.add(0, new Option(KIND, Option.Form.TEXT, true, null, "", List.of(), List.of()));
        int before = faults.size();
        Options options = Options.read(file, map, all);
        if (faults.size() > before) {
            return;
        }
        try {
            entries.add(new Entry(kind.maker().apply(options, home), options.globs(FILES.name())));
        } catch (IllegalArgumentException e) {
            file.fault(node, "expected " + e.getMessage());
        }
    }

    /** The programs that its checks run. */
    List<Path> programs() {
        return entries.stream()
                .map(Entry::check)
                .filter(CommandCheck.class::isInstance)
                .map(each -> ((CommandCheck) each).program())
                .toList();
    }

    /**
     * Begins the checks of a message.
     *
     * @param fileName its own name
     * @param isFolder whether its bytes are a folder's tar
     * @param size in bytes; -1 when it is not known
     * @param work a folder of the site alone, for what a check keeps on the disk meanwhile
     */
    public CheckRun begin(String fileName, boolean isFolder, long size, Path work) throws IOException {
        return CheckRun.begin(name, entries, fileName, isFolder, size, work);
    }
}
