package io.saddlebag.testing;

import java.lang.reflect.Constructor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Lets Jazzer drive the {@link FuzzTarget} that the system property {@code saddlebag.fuzz} names. */
public final class FuzzDriver {
    private static final FuzzTarget TARGET = target(System.getProperty("saddlebag.fuzz"));

    private FuzzDriver() {}

    private static FuzzTarget target(String name) {
        try {
            Constructor<?> constructor = Class.forName(name).getDeclaredConstructor();
            constructor.setAccessible(true);
            return (FuzzTarget) constructor.newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Expected a fuzz target in saddlebag.fuzz, found " + name, e);
        }
    }

    /** As Jazzer calls it. */
    public static void fuzzerTestOneInput(byte[] input) throws Exception {
        TARGET.read(input);
    }

    /** Writes the seeds into a folder, as a corpus to begin with. */
    public static void main(String[] args) throws Exception {
        Path folder = Files.createDirectories(Path.of(args[0]));
        List<byte[]> seeds = TARGET.seeds();
        for (int i = 0; i < seeds.size(); i++) {
            Files.write(folder.resolve("seed-" + i), seeds.get(i));
        }
    }
}
