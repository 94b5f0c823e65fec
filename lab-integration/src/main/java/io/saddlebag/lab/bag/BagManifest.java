package io.saddlebag.lab.bag;

import io.saddlebag.files.tree.FolderLimits;
import io.saddlebag.log.ProgressLog;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.Normalizer;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One payload or tag manifest of a bag (RFC 8493, sections 2.1.3 and 2.2.1): a line a file, its checksum and its path.
 * Reads each file once, whatever its size.
 */
final class BagManifest {
    static final String PAYLOAD = "data/";

    private static final Pattern NAME = Pattern.compile("(tag)?manifest-([A-Za-z0-9-]{1,20})[.]txt");
    private static final Pattern LINE = Pattern.compile("([0-9A-Fa-f]{16,128})[ \t]+[*]?(\\S.*)");
    private static final Map<String, String> ALGORITHMS =
            new TreeMap<>(Map.of("md5", "MD5", "sha1", "SHA-1", "sha256", "SHA-256", "sha512", "SHA-512"));
    private static final int BUFFER = 64 * 1024;

    private final Path bag;
    private final String fileName;
    private final boolean isOfTags;
    private final MessageDigest digest;
    private final ProgressLog progress;
    private final BagDeclaration declaration;
    private final byte[] buffer = new byte[BUFFER];

    private BagManifest(Path bag, String fileName, boolean isOfTags, MessageDigest digest, BagDeclaration declaration) {
        this.bag = bag;
        this.fileName = fileName;
        this.isOfTags = isOfTags;
        this.digest = digest;
        this.progress =
                new ProgressLog(bag.getFileName().toString(), "verifying the bag by " + fileName, ProgressLog.UNKNOWN);
        this.declaration = declaration;
    }

    static boolean isName(String fileName) {
        return NAME.matcher(fileName).matches();
    }

    /** @throws Refusal {@code BAD_FILE} when its checksums are of a kind that is not known here */
    static BagManifest of(Path bag, String fileName, BagDeclaration declaration) {
        Matcher name = NAME.matcher(fileName);
        if (!name.matches()) {
            throw new IllegalArgumentException("Not the name of a manifest: " + fileName);
        }
        String algorithm = ALGORITHMS.get(name.group(2).toLowerCase(Locale.ROOT));
        if (algorithm == null) {
            throw new Refusal(
                    Refusal.Code.BAD_FILE,
                    "Expected manifests of " + String.join(", ", ALGORITHMS.keySet()) + ", found " + fileName
                            + ". Make the bag with one of these, sha512 for choice, and drop it again");
        }
        try {
            return new BagManifest(
                    bag, fileName, name.group(1) != null, MessageDigest.getInstance(algorithm), declaration);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has " + algorithm, e);
        }
    }

    boolean isOfTags() {
        return isOfTags;
    }

    String fileName() {
        return fileName;
    }

    /**
     * Compares every file that it names with its checksum.
     *
     * @param named takes the paths that it names
     */
    void verify(PathSet named, FolderLimits limits, BagCheck.Faults faults) throws IOException {
        try (TagLines lines = TagLines.open(bag.resolve(fileName), fileName, declaration.encoding())) {
            for (String line = lines.next(); line != null; line = lines.next()) {
                if (line.isBlank()) {
                    continue;
                }
                Matcher parts = LINE.matcher(line);
                if (!parts.matches()) {
                    throw new Refusal(
                            Refusal.Code.BAD_FILE,
                            "Expected a checksum and a path at " + lines.place() + ", found '" + Printable.of(line)
                                    + "'. Put the bag right and drop it again");
                }
                String path = path(parts.group(2));
                if (!named.add(path)) {
                    faults.add(path, "stands twice in " + fileName);
                } else if (named.size() > limits.maxEntries()) {
                    throw new Refusal(
                            Refusal.Code.TOO_LARGE,
                            "Expected at most " + limits.maxEntries() + " files in " + fileName
                                    + ", found more. Send it in smaller bags, or have the limit raised");
                } else {
                    compare(path, parts.group(1), lines.place(), faults);
                }
            }
        }
    }

    /** Gives the paths that it names; passes over lines that are none. */
    void forEachPath(Consumer<String> paths) throws IOException {
        try (TagLines lines = TagLines.open(bag.resolve(fileName), fileName, declaration.encoding())) {
            for (String line = lines.next(); line != null; line = lines.next()) {
                Matcher parts = LINE.matcher(line);
                if (parts.matches()) {
                    paths.accept(path(parts.group(2)));
                }
            }
        }
    }

    /** Line ends in names, and from 1.0 on the percent sign, stand encoded (section 2.1.3); all names here are NFC. */
    private String path(String written) {
        String path = written.replaceAll("%0[Aa]", "\n").replaceAll("%0[Dd]", "\r");
        path = declaration.isBefore1() ? path : path.replace("%25", "%");
        return Normalizer.normalize(path, Normalizer.Form.NFC);
    }

    private void compare(String path, String checksum, String place, BagCheck.Faults faults) throws IOException {
        Path file = file(path);
        if (file == null) {
            faults.add(path, "at " + place + " is no path of a " + (isOfTags ? "tag" : "payload") + " file");
        } else if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            faults.add(path, "is missing (" + place + ")");
        } else if (!checksum.equalsIgnoreCase(digest(file))) {
            faults.add(path, "has another " + digest.getAlgorithm() + " than " + place + " says");
        }
    }

    /** Null when the path does not lead to where this manifest's files lie. */
    private Path file(String path) {
        if (path.startsWith(PAYLOAD) == isOfTags || path.startsWith("/")) {
            return null;
        }
        try {
            Path file = bag.resolve(path);
            boolean isPlain = bag.relativize(file.normalize()).toString().equals(path);
            return isPlain ? file : null;
        } catch (InvalidPathException e) {
            return null;
        }
    }

    private String digest(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
                progress.add(read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Paths that a manifest names, each kept as 16 bytes of its digest: a bag may have a hundred thousand, and long ones. */
    static final class PathSet {
        private final Set<UUID> paths = new HashSet<>();

        /** @return whether it was new */
        boolean add(String path) {
            return paths.add(digest(path));
        }

        void addAll(PathSet others) {
            paths.addAll(others.paths);
        }

        boolean contains(String path) {
            return paths.contains(digest(path));
        }

        int size() {
            return paths.size();
        }

        private static UUID digest(String path) {
            return UUID.nameUUIDFromBytes(path.getBytes(StandardCharsets.UTF_8));
        }
    }
}
