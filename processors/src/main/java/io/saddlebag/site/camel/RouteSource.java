package io.saddlebag.site.camel;

import io.saddlebag.files.FileTree;
import io.saddlebag.files.Utf8File;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * One file of routes, read whole. Camel gets the text and no pattern or URI to find it by, so that neither the home nor
 * the installation needs a path without blanks, commas or percent signs.
 *
 * @param name as faults tell it
 * @param isOfHome whether an integrator wrote it
 */
record RouteSource(String name, String text, boolean isOfHome) {
    /** Where the suite's own route files lie on the class path, a folder for each of their subjects. */
    private static final String SUITE = "saddlebag/routes/";

    /** The suite's, in the folders that belong to a site. */
    static List<RouteSource> ofSuite(Collection<String> folders) throws IOException {
        List<RouteSource> sources = new ArrayList<>();
        for (String folder : folders) {
            String name = SUITE + folder;
            for (Map.Entry<String, URL> file : new ClasspathFolder(RouteSource.class.getClassLoader(), name)
                    .files()
                    .entrySet()) {
                if (file.getKey().endsWith(RouteFiles.SUFFIX) && file.getKey().indexOf('/') < 0) {
                    try (InputStream in = file.getValue().openStream()) {
                        String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                        sources.add(new RouteSource(name + "/" + file.getKey(), text, false));
                    }
                }
            }
        }
        return sources;
    }

    /** @throws IOException naming the file that cannot be read or is no UTF-8 */
    static RouteSource of(Path file) throws IOException {
        return new RouteSource(file.toString(), Utf8File.read(file), true);
    }

    /** The home's route files, in the order of their names. */
    static Collection<Path> filesOf(SiteHome home) throws IOException {
        return entries(home, true);
    }

    /** Whatever else lies in the home's folder of routes. */
    static Collection<Path> passedOver(SiteHome home) throws IOException {
        return entries(home, false);
    }

    private static Collection<Path> entries(SiteHome home, boolean areRoutes) throws IOException {
        Set<Path> found = new TreeSet<>();
        if (Files.isDirectory(home.routes())) {
            FileTree.forEach(home.routes(), entry -> {
                String name = entry.getFileName().toString();
                // Editors, macOS and file shares leave hidden files.
                if ((name.endsWith(RouteFiles.SUFFIX) && !name.startsWith(".")) == areRoutes) {
                    found.add(entry);
                }
            });
        }
        return found;
    }
}
