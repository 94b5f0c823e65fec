package io.saddlebag.check.kind;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.saddlebag.check.format.Utf8;
import io.saddlebag.check.kind.Option.Form;
import io.saddlebag.files.PathGlob;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Printable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Kind {@code bag}: a folder that is a BagIt bag as a BagIt Profile asks for (bagit-profiles 1.4). The laboratory verifies
 * the checksums of every bag besides.
 */
public final class BagProfileCheck implements ContentCheck {
    public static final String NAME = "bag";

    public static final List<Option> OPTIONS =
            List.of(Option.required("profile", Form.TEXT, "The file of the BagIt Profile, in JSON, in checks/"));

    private static final int MOST_TAGS = 256 * 1024;
    private static final Set<String> SECTIONS = new TreeSet<>(Set.of(
            "BagIt-Profile-Info",
            "Bag-Info",
            "Manifests-Required",
            "Manifests-Allowed",
            "Allow-Fetch.txt",
            "Fetch.txt-Required",
            "Data-Empty",
            "Serialization",
            "Accept-Serialization",
            "Accept-BagIt-Version",
            "Tag-Manifests-Required",
            "Tag-Manifests-Allowed",
            "Tag-Files-Required",
            "Tag-Files-Allowed",
            "Payload-Files-Required",
            "Payload-Files-Allowed"));
    private static final Pattern MANIFEST = Pattern.compile("(tag)?manifest-([A-Za-z0-9-]{1,20})[.]txt");
    private static final Pattern VERSION = Pattern.compile("BagIt-Version: ?([0-9]+[.][0-9]+)\\s");
    private static final Pattern TAG = Pattern.compile("([^:\\s][^:]*?)[ \t]*:[ \t]*(.*)");
    private static final Set<String> READ = Set.of("bagit.txt", "bag-info.txt");

    /** @param values that the tag may have; empty for any */
    private record Tag(boolean isRequired, boolean isRepeatable, Set<String> values) {}

    private final JsonNode profile;
    private final Map<String, Tag> tags = new LinkedHashMap<>();
    private final List<PathGlob> tagFilesAllowed;
    private final List<PathGlob> payloadAllowed;

    /** @throws IllegalArgumentException naming what was expected and found */
    public BagProfileCheck(Options options, Path home) {
        String name = options.text("profile");
        try {
            profile = new JsonMapper().readTree(Files.readAllBytes(options.file("profile", home)));
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "a BagIt Profile in the file " + Printable.of(name) + ", found " + Printable.reason(FaultText.of(e))
                            + ". Correct it",
                    e);
        }
        profile.fieldNames().forEachRemaining(section -> {
            if (!SECTIONS.contains(section)) {
                throw new IllegalArgumentException("in the BagIt Profile " + Printable.of(name) + " some of " + SECTIONS
                        + ", found " + Printable.of(section) + ". Correct it");
            }
        });
        if (!profile.has("BagIt-Profile-Info")
                || profile.path("Serialization").asText().equals("required")) {
            throw new IllegalArgumentException("in " + Printable.of(name)
                    + " a BagIt Profile with BagIt-Profile-Info for bags that are folders, found another. Correct it");
        }
        profile.path("Bag-Info")
                .properties()
                .forEach(each -> tags.put(
                        each.getKey().toLowerCase(Locale.ROOT),
                        new Tag(
                                each.getValue().path("required").asBoolean(false),
                                each.getValue().path("repeatable").asBoolean(true),
                                Set.copyOf(texts(each.getValue().path("values"))))));
        tagFilesAllowed = globs("Tag-Files-Allowed");
        payloadAllowed = globs("Payload-Files-Allowed");
    }

    private List<PathGlob> globs(String section) {
        return texts(profile.path(section)).stream().map(PathGlob::of).toList();
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(each -> texts.add(each.asText()));
        return texts;
    }

    @Override
    public MessageCheck begin(Faults faults, Path work) {
        return new Bag(faults);
    }

    private final class Bag extends MessageCheck {
        private final Faults faults;
        private final Set<String> manifests = new HashSet<>();
        private final Set<String> tagManifests = new HashSet<>();
        private final Set<String> lacking = new TreeSet<>();
        private final Map<String, ByteArrayOutputStream> read = new LinkedHashMap<>();
        private boolean isFolder = true;
        private boolean hasFetch;
        private boolean hasPayload;

        Bag(Faults faults) {
            this.faults = faults;
            lacking.addAll(texts(profile.path("Tag-Files-Required")));
            lacking.addAll(texts(profile.path("Payload-Files-Required")));
        }

        private void fault(String file, String expected) {
            faults.add(file, 0, 0, expected);
        }

        @Override
        public FileCheck file(String path, long size) {
            if (path == null) {
                isFolder = false;
                return null;
            }
            lacking.remove(path);
            if (path.startsWith("data/")) {
                hasPayload |= size > 0;
                require(payloadAllowed, path);
                return null;
            }
            Matcher manifest = MANIFEST.matcher(path);
            if (manifest.matches()) {
                (manifest.group(1) == null ? manifests : tagManifests)
                        .add(manifest.group(2).toLowerCase(Locale.ROOT));
                return null;
            }
            hasFetch |= path.equals("fetch.txt");
            if (!READ.contains(path)) {
                if (!path.equals("fetch.txt")) {
                    require(tagFilesAllowed, path);
                }
                return null;
            }
            return reader(path);
        }

        private void require(List<PathGlob> allowed, String path) {
            if (!allowed.isEmpty() && allowed.stream().noneMatch(each -> each.contains(path))) {
                fault(path, "files alone that the profile allows");
            }
        }

        private FileCheck reader(String path) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            read.put(path, bytes);
            return new FileCheck() {
                @Override
                public void update(byte[] from, int offset, int length) {
                    bytes.write(from, offset, Math.min(length, Math.max(0, MOST_TAGS + 1 - bytes.size())));
                }

                @Override
                public void end() {
                    if (bytes.size() > MOST_TAGS) {
                        fault(path, "at most " + MOST_TAGS + " bytes");
                    }
                }
            };
        }

        @Override
        public void end() {
            if (!isFolder) {
                fault(null, "a folder that is a bag, found a file");
                return;
            }
            version(text("bagit.txt"));
            tags(text("bag-info.txt"));
            compare("Manifests", "manifest", manifests);
            compare("Tag-Manifests", "tagmanifest", tagManifests);
            lacking.forEach(each -> fault(null, "the file " + each + ", found none"));
            if (hasFetch && !profile.path("Allow-Fetch.txt").asBoolean(true)) {
                fault("fetch.txt", "no such file");
            }
            if (!hasFetch && profile.path("Fetch.txt-Required").asBoolean(false)) {
                fault(null, "the file fetch.txt, found none");
            }
            if (hasPayload && profile.path("Data-Empty").asBoolean(false)) {
                fault(null, "no payload");
            }
        }

        /** Empty, after a fault, when it is not there or not UTF-8. */
        private String text(String path) {
            ByteArrayOutputStream bytes = read.get(path);
            if (bytes == null) {
                if (path.equals("bagit.txt") || tags.values().stream().anyMatch(Tag::isRequired)) {
                    fault(null, "the file " + path + " of a bag, found none");
                }
                return "";
            }
            String text = Utf8.decode(bytes.toByteArray(), 0, bytes.size());
            if (text == null) {
                fault(path, "text in UTF-8");
            }
            return text == null ? "" : text;
        }

        private void version(String declaration) {
            List<String> accepted = texts(profile.path("Accept-BagIt-Version"));
            Matcher version = VERSION.matcher(declaration);
            if (!declaration.isEmpty()
                    && !accepted.isEmpty()
                    && !(version.lookingAt() && accepted.contains(version.group(1)))) {
                fault("bagit.txt", "a BagIt-Version of " + accepted);
            }
        }

        private void tags(String text) {
            Map<String, Integer> counts = new LinkedHashMap<>();
            long row = 0;
            String name = null;
            StringBuilder value = new StringBuilder();
            for (String line : (text + "\n\0").split("\r\n|\n|\r", -1)) {
                row++;
                if (name != null && (line.startsWith(" ") || line.startsWith("\t"))) {
                    value.append(' ').append(line.strip());
                    continue;
                }
                if (name != null) {
                    judge(name, value.toString().strip(), row - 1, counts);
                }
                Matcher tag = TAG.matcher(line);
                name = tag.matches() ? tag.group(1).toLowerCase(Locale.ROOT) : null;
                value.setLength(0);
                if (name != null) {
                    value.append(tag.group(2));
                }
            }
            tags.forEach((each, tag) -> {
                if (tag.isRequired() && !counts.containsKey(each)) {
                    fault(read.containsKey("bag-info.txt") ? "bag-info.txt" : null, "the tag " + each);
                }
            });
        }

        private void judge(String name, String value, long row, Map<String, Integer> counts) {
            Tag tag = tags.get(name);
            if (tag == null) {
                return;
            }
            if (counts.merge(name, 1, Integer::sum) > 1 && !tag.isRepeatable()) {
                faults.add("bag-info.txt", row, 0, "the tag " + name + " once");
            }
            if (value.isEmpty() && tag.isRequired()) {
                faults.add("bag-info.txt", row, 0, "a value of the tag " + name);
            } else if (!tag.values().isEmpty() && !tag.values().contains(value)) {
                faults.add("bag-info.txt", row, 0, "a value of the tag " + name + " that the profile names");
            }
        }

        private void compare(String section, String prefix, Set<String> found) {
            texts(profile.path(section + "-Required")).stream()
                    .filter(each -> !found.contains(each.toLowerCase(Locale.ROOT)))
                    .forEach(each -> fault(null, "the file " + prefix + "-" + each + ".txt, found none"));
            List<String> allowed = texts(profile.path(section + "-Allowed"));
            found.stream()
                    .filter(each -> !allowed.isEmpty() && !allowed.contains(each))
                    .forEach(each -> fault(prefix + "-" + each + ".txt", "manifests of " + allowed + " alone"));
        }
    }
}
