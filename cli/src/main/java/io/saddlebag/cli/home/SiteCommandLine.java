package io.saddlebag.cli.home;

import io.saddlebag.site.SiteHome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How a site's process is started: this Java, this class path, tuned to be small. */
public final class SiteCommandLine {
    /** System property, set by the launcher: the archive of loaded classes that makes a start fast. */
    static final String ARCHIVE = "saddlebag.archive";

    private static final List<String> SMALL = List.of(
            "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xss512k", "-XX:+ExitOnOutOfMemoryError", "-Xshare:auto");
    private static final Map<SiteKind, List<String>> HEAP = Map.of(
            SiteKind.HQ, List.of("-Xms24m", "-Xmx160m"),
            SiteKind.LAB, List.of("-Xms16m", "-Xmx64m"),
            SiteKind.CENTRE, List.of("-Xms16m", "-Xmx64m"));

    private final List<String> java;
    private final List<String> main;

    private SiteCommandLine(List<String> java, List<String> main) {
        this.java = List.copyOf(java);
        this.main = List.copyOf(main);
    }

    /** @param mainClass the command's own, on the class path of this process */
    public static SiteCommandLine ofThisJava(Class<?> mainClass) {
        List<String> java = new ArrayList<>();
        java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        java.addAll(SMALL);
        java.addAll(nativeAccess(Runtime.version().feature()));
        java.addAll(archive());
        return new SiteCommandLine(java, List.of("-cp", System.getProperty("java.class.path"), mainClass.getName()));
    }

    /** The option that makes a start fast, when the launcher has made an archive. */
    public static List<String> archive() {
        String archive = System.getProperty(ARCHIVE);
        return archive == null ? List.of() : List.of("-XX:SharedArchiveFile=" + archive);
    }

    /** Libraries with native parts (SQLite, Conscrypt, Netty) must be let from these versions on. */
    static List<String> nativeAccess(int javaVersion) {
        List<String> options = new ArrayList<>();
        if (javaVersion >= 22) {
            options.add("--enable-native-access=ALL-UNNAMED");
        }
        if (javaVersion >= 24) {
            options.add("--sun-misc-unsafe-memory-access=allow");
        }
        return options;
    }

    /**
     * A process that runs the site and ends, after draining, when this one does.
     *
     * @param javaOptions count more than those that keep the process small
     */
    ProcessBuilder of(SiteKind kind, SiteHome home, List<String> javaOptions) {
        List<String> command = new ArrayList<>(java);
        command.addAll(HEAP.get(kind));
        command.addAll(javaOptions);
        command.addAll(main);
        command.addAll(List.of(kind.command(), "--home", home.folder().toString(), "--stop-with-parent"));
        ProcessBuilder builder = new ProcessBuilder(command);
        // Without it glibc keeps an arena a thread: tens of megabytes that no site needs.
        builder.environment().put("MALLOC_ARENA_MAX", "2");
        return builder;
    }
}
