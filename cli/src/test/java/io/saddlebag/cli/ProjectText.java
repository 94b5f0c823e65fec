package io.saddlebag.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The project's own pages and sources, which tests hold against each other. */
final class ProjectText {
    static final Path ROOT = Path.of("..");

    private ProjectText() {}

    /** The pages of the top folder and of docs. */
    static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md"), ROOT.resolve("SECURITY.md")));
        try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
            files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        return pages;
    }

    /** The main sources of a module. */
    static Stream<Path> sources(String module) {
        return javaFiles(ROOT.resolve(module).resolve("src/main/java"));
    }

    /** Every Java file of the project, tests included. */
    static Stream<Path> javaFiles(Path folder) {
        try {
            return Files.walk(folder).filter(file -> file.toString().endsWith(".java"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The cells of the rows of the table whose heading begins so. */
    static List<List<String>> rows(Path page, String heading) {
        List<String> lines = read(page).lines().toList();
        return lines.stream()
                .dropWhile(line -> !line.startsWith(heading))
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .map(ProjectText::cells)
                .toList();
    }

    /** The cells of a row, without the spaces around them. */
    static List<String> cells(String row) {
        return Arrays.stream(row.split("\\|", -1)).skip(1).map(String::strip).toList();
    }
}
