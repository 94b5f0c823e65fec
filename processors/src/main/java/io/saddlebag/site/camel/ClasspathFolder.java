package io.saddlebag.site.camel;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A folder of files on the class path, whether packed in a jar or lying in a build's output. */
public final class ClasspathFolder {
    private final ClassLoader loader;
    private final String prefix;

    /** @param name without slashes at its ends, such as {@code saddlebag/routes/lab} */
    public ClasspathFolder(ClassLoader loader, String name) {
        this.loader = loader;
        this.prefix = name + "/";
    }

    /** Every file in it and below, by its name relative to the folder; empty when there is no such folder. */
    public SortedMap<String, URL> files() throws IOException {
        SortedMap<String, URL> files = new TreeMap<>();
        for (URL folder : Collections.list(loader.getResources(prefix))) {
            URLConnection connection = folder.openConnection();
            if (connection instanceof JarURLConnection jar) {
                jar.getJarFile().stream()
                        .filter(entry -> !entry.isDirectory() && entry.getName().startsWith(prefix))
                        .forEach(entry -> files.putIfAbsent(
                                entry.getName().substring(prefix.length()), loader.getResource(entry.getName())));
            } else {
                list(folder, files);
            }
        }
        return files;
    }

    private static void list(URL url, Map<String, URL> files) throws IOException {
        Path folder = pathOf(url);
        try (Stream<Path> found = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) found.filter(Files::isRegularFile)::iterator) {
                String name = folder.relativize(file).toString().replace('\\', '/');
                files.putIfAbsent(name, file.toUri().toURL());
            }
        }
    }

    private static Path pathOf(URL url) throws IOException {
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IOException("Expected a folder on the class path, found " + url, e);
        }
    }
}
