package io.saddlebag.site.camel;

import io.saddlebag.files.FileTree;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Printable;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.TypeConverterLoader;
import org.apache.camel.spi.TypeConverterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jars of {@code lib/} in a home, for components that an integrator's routes name. A class of the suite counts before
 * one of the same name there. They are not on the class path of the process: the home is judged before anything of them is
 * loaded.
 */
final class HomeLibraries implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(HomeLibraries.class);
    private static final String SUFFIX = ".jar";
    private static final String CONVERTERS = "META-INF/services/org/apache/camel/TypeConverterLoader";
    private static final Pattern CAMEL_JAR = Pattern.compile("camel-[a-z0-9-]+-([0-9]+[.][0-9]+[.][0-9]+)\\.jar");

    private final List<Path> jars;
    /** Loads the suite's classes, then those of the jars; null where there is no jar. */
    private final URLClassLoader loader;

    private HomeLibraries(List<Path> jars, URLClassLoader loader) {
        this.jars = jars;
        this.loader = loader;
    }

    /** @throws SiteStartException naming each jar that cannot be read */
    static HomeLibraries open(SiteHome home) throws SiteStartException {
        List<String> faults = new ArrayList<>();
        List<Path> jars = new ArrayList<>();
        List<URL> urls = new ArrayList<>();
        try {
            for (Path file : filesOf(home)) {
                String fault = faultOf(file);
                if (fault == null) {
                    jars.add(file);
                    urls.add(url(file));
                } else {
                    faults.add(fault);
                }
            }
        } catch (IOException e) {
            faults.add(home.lib() + ": expected jars that can be read, found " + Printable.reason(FaultText.of(e))
                    + ". Check the folder's owner and mode");
        }
        if (!faults.isEmpty()) {
            throw new SiteStartException(String.join(System.lineSeparator(), faults));
        }
        return new HomeLibraries(
                jars,
                jars.isEmpty()
                        ? null
                        : new URLClassLoader(
                                "home-lib", urls.toArray(URL[]::new), HomeLibraries.class.getClassLoader()));
    }

    /** Has a context find components and their classes in the jars too. Call it before the context starts. */
    void addTo(CamelContext context) {
        if (loader != null) {
            context.setApplicationContextClassLoader(loader);
        }
    }

    /**
     * Adds the type converters of the jars to a context. Camel itself reads their names before it knows the jars.
     *
     * @throws LinkageError when a class is missing
     */
    void addConvertersTo(CamelContext context) throws IOException, ReflectiveOperationException {
        if (loader == null) {
            return;
        }
        TypeConverterRegistry converters = context.getTypeConverterRegistry();
        for (URL list : Collections.list(loader.findResources(CONVERTERS))) {
            String names;
            try (InputStream in = list.openStream()) {
                names = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
            for (String name :
                    names.lines().filter(line -> !line.startsWith("#")).toList()) {
                if (!name.isBlank()) {
                    ((TypeConverterLoader) loader.loadClass(name.strip())
                                    .getDeclaredConstructor()
                                    .newInstance())
                            .load(converters);
                }
            }
        }
    }

    /** The jars, in the order of their names. */
    static Collection<Path> filesOf(SiteHome home) throws IOException {
        TreeSet<Path> files = new TreeSet<>();
        if (Files.isDirectory(home.lib())) {
            FileTree.forEach(home.lib(), file -> {
                String name = file.getFileName().toString();
                if (name.endsWith(SUFFIX) && !name.startsWith(".")) {
                    files.add(file);
                }
            });
        }
        return files;
    }

    private static String faultOf(Path file) {
        try (JarFile jar = new JarFile(file.toFile())) {
            return jar.size() > 0 ? null : file + ": expected a jar with classes, found an empty one. Copy it again";
        } catch (IOException e) {
            return file + ": expected a jar that can be read, found " + Printable.reason(FaultText.of(e))
                    + ". Copy it again, or remove it";
        }
    }

    /** A class loader takes an exclamation mark before a slash for the end of a jar's name. */
    private static URL url(Path file) throws MalformedURLException {
        return new URL(file.toUri().toString().replace("!", "%21"));
    }

    /** A class of a jar needs one that is in no jar. */
    static SiteStartException lacks(SiteHome home, LinkageError failure) {
        return new SiteStartException(
                home.lib() + ": expected jars with all classes that they need, found none with "
                        + Printable.reason(String.valueOf(failure.getMessage())) + ". Put the jar that has it there",
                failure);
    }

    /** Names each jar in the log, with a warning for one of another Camel than the site's. */
    void tell(String camelVersion) {
        for (Path jar : jars) {
            Matcher ofCamel = CAMEL_JAR.matcher(jar.getFileName().toString());
            if (ofCamel.matches() && !ofCamel.group(1).equals(camelVersion)) {
                LOG.warn(
                        "{}: expected a Camel jar of version {}, as the site's Camel, found one of {}",
                        Printable.of(jar.toString()),
                        camelVersion,
                        ofCamel.group(1));
            } else {
                LOG.info("{}: taken up", Printable.of(jar.toString()));
            }
        }
    }

    @Override
    public void close() {
        if (loader != null) {
            try {
                loader.close();
            } catch (IOException e) {
                LOG.debug("jars cannot be closed", e);
            }
        }
    }
}
