package io.saddlebag.site;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The suite's own route files on the class path, whether packed in a jar or lying in a folder of a build. */
final class SuiteRoutes {
    private static final String ROOT = "saddlebag/routes/";

    private SuiteRoutes() {}

    /** Camel's pattern for the files of a folder. */
    static String pattern(String folder) {
        return "classpath:" + ROOT + folder + "/*" + RouteFiles.SUFFIX;
    }

    /** The files of a folder in the order of their names; none when there is no such folder. */
    static List<File> in(String folder) throws IOException {
        Map<String, URL> files = new TreeMap<>();
        String prefix = ROOT + folder + "/";
        for (URL url : Collections.list(SuiteRoutes.class.getClassLoader().getResources(prefix))) {
            URLConnection connection = url.openConnection();
            if (connection instanceof JarURLConnection jar) {
                jar.getJarFile().stream()
                        .map(entry -> entry.getName())
                        .filter(name -> name.startsWith(prefix) && isRouteFile(name.substring(prefix.length())))
                        .forEach(name -> files.putIfAbsent(
                                name, SuiteRoutes.class.getClassLoader().getResource(name)));
            } else {
                list(url, prefix, files);
            }
        }
        List<File> found = new ArrayList<>();
        files.forEach((name, url) -> found.add(new File(name, url)));
        return found;
    }

    private static void list(URL folder, String prefix, Map<String, URL> files) throws IOException {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(Path.of(folder.toURI()))) {
            for (Path file : found) {
                String name = file.getFileName().toString();
                if (isRouteFile(name)) {
                    files.putIfAbsent(prefix + name, file.toUri().toURL());
                }
            }
        } catch (URISyntaxException e) {
            throw new IOException("Expected a folder of route files, found " + folder, e);
        }
    }

    private static boolean isRouteFile(String name) {
        return name.endsWith(RouteFiles.SUFFIX) && name.indexOf('/') < 0;
    }

    /**
     * @param name on the class path
     * @param url where it lies
     */
    record File(String name, URL url) {
        Reader open() throws IOException {
            return new InputStreamReader(url.openStream(), StandardCharsets.UTF_8);
        }
    }
}
