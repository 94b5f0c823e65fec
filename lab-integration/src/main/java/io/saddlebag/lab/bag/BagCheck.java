package io.saddlebag.lab.bag;

import io.saddlebag.files.FileTree;
import io.saddlebag.files.tree.FolderLimits;
import io.saddlebag.files.tree.FolderWalk;
import io.saddlebag.lab.bag.BagManifest.PathSet;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Verifies that a bag is complete and valid (RFC 8493, section 3): its declaration, its Payload-Oxum, every checksum of
 * every payload and tag manifest. Each payload manifest must name every payload file. Each file is read once a
 * manifest; in memory are digests of the paths of one manifest. For any number of threads.
 */
public final class BagCheck {
    private static final String OXUM_FILE = "bag-info.txt";
    private static final String FETCH_FILE = "fetch.txt";
    private static final Pattern OXUM = Pattern.compile("(?i)Payload-Oxum:\\s*([0-9]{1,18})[.]([0-9]{1,18})\\s*");
    private static final Pattern OXUM_LABEL = Pattern.compile("(?i)Payload-Oxum:.*");

    private final FolderLimits limits;

    public BagCheck(FolderLimits limits) {
        this.limits = limits;
    }

    /** True if the folder claims to be a bag, by its {@code bagit.txt}. */
    public static boolean isBag(Path folder) {
        return Files.exists(folder.resolve(BagDeclaration.FILE), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * @param bag a folder without links, as {@link FolderWalk} finds it
     * @throws Refusal {@code BAD_DIGEST} naming the first files that are not as the bag says; {@code BAD_FILE} when the
     *     bag's own files are not such
     */
    public void verify(Path bag) throws IOException {
        BagDeclaration declaration = BagDeclaration.read(bag);
        if (!Files.isDirectory(bag.resolve(BagManifest.PAYLOAD), LinkOption.NOFOLLOW_LINKS)) {
            throw malformed("the folder data/ in the bag, found none");
        }
        List<BagManifest> manifests = manifests(bag, declaration);
        if (manifests.stream().allMatch(BagManifest::isOfTags)) {
            throw malformed("a payload manifest such as manifest-sha512.txt in the bag, found none");
        }
        Faults faults = new Faults();
        checkOxum(bag, declaration, faults);
        PathSet namedByAny = new PathSet();
        for (BagManifest manifest : manifests) {
            PathSet named = new PathSet();
            manifest.verify(named, limits, faults);
            if (!manifest.isOfTags() && declaration.isBefore1()) {
                namedByAny.addAll(named);
            } else if (!manifest.isOfTags()) {
                requireAllNamed(bag, named, manifest.fileName(), faults);
            }
        }
        if (declaration.isBefore1()) {
            requireAllNamed(bag, namedByAny, "any manifest", faults);
        }
        faults.throwIfAny(Files.exists(bag.resolve(FETCH_FILE), LinkOption.NOFOLLOW_LINKS));
    }

    /**
     * The paths that its manifests name, of those that are asked for. A malformed manifest names none: {@link #verify}
     * refuses such a bag.
     *
     * @param wanted paths within the bag
     */
    public static Set<String> named(Path bag, Predicate<String> wanted) throws IOException {
        Set<String> named = new HashSet<>();
        try {
            for (BagManifest manifest : manifests(bag, BagDeclaration.read(bag))) {
                manifest.forEachPath(path -> {
                    if (wanted.test(path)) {
                        named.add(path);
                    }
                });
            }
        } catch (Refusal refusedLater) {
            return named;
        }
        return named;
    }

    private static List<BagManifest> manifests(Path bag, BagDeclaration declaration) throws IOException {
        List<String> names = new ArrayList<>();
        FileTree.forEach(bag, file -> {
            String name = file.getFileName().toString();
            if (BagManifest.isName(name)) {
                names.add(name);
            }
        });
        return names.stream()
                .sorted()
                .map(name -> BagManifest.of(bag, name, declaration))
                .toList();
    }

    private void requireAllNamed(Path bag, PathSet named, String manifest, Faults faults) throws IOException {
        FolderWalk payload = new FolderWalk(bag.resolve(BagManifest.PAYLOAD), limits);
        for (FolderWalk.Entry entry = payload.next(); entry != null; entry = payload.next()) {
            String path = BagManifest.PAYLOAD + entry.path();
            if (!entry.isFolder() && !named.contains(path)) {
                faults.add(path, "does not stand in " + manifest);
            }
        }
    }

    private void checkOxum(Path bag, BagDeclaration declaration, Faults faults) throws IOException {
        if (!Files.exists(bag.resolve(OXUM_FILE), LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (TagLines lines = TagLines.open(bag.resolve(OXUM_FILE), OXUM_FILE, declaration.encoding())) {
            for (String line = lines.next(); line != null; line = lines.next()) {
                if (OXUM_LABEL.matcher(line).matches()) {
                    compareOxum(bag, line, lines.place(), faults);
                }
            }
        }
    }

    private void compareOxum(Path bag, String line, String place, Faults faults) throws IOException {
        Matcher oxum = OXUM.matcher(line);
        FolderWalk payload = new FolderWalk(bag.resolve(BagManifest.PAYLOAD), limits).toEnd();
        String found = payload.bytes() + "." + payload.files();
        boolean isSame = oxum.matches()
                && Long.parseLong(oxum.group(1)) == payload.bytes()
                && Long.parseLong(oxum.group(2)) == payload.files();
        if (!isSame) {
            faults.add(line, "at " + place + " does not fit the payload, whose octets and files are " + found);
        }
    }

    private static Refusal malformed(String expected) {
        return new Refusal(Refusal.Code.BAD_FILE, "Expected " + expected + ". Put the bag right and drop it again");
    }

    /** The faults of a bag: all counted, the first ones named. */
    static final class Faults {
        private static final int NAMED = 5;

        private final List<String> first = new ArrayList<>();
        private long count;

        /** @param path printed as far as it can be */
        void add(String path, String what) {
            if (first.size() < NAMED) {
                first.add("'" + Printable.of(path) + "' " + what);
            }
            count++;
        }

        /** @throws Refusal {@code BAD_DIGEST} when there are any */
        void throwIfAny(boolean hasFetchFile) {
            if (count == 0) {
                return;
            }
            throw new Refusal(
                    Refusal.Code.BAD_DIGEST,
                    "Expected a bag that is what its manifests say, found " + count
                            + (count == 1 ? " fault: " : " faults: ")
                            + String.join("; ", first) + (count > NAMED ? "; and more" : "") + ". "
                            + (hasFetchFile ? "Fetch what fetch.txt names, or put" : "Put")
                            + " the bag right, and drop it again");
        }
    }
}
