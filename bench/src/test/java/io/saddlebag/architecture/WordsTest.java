package io.saddlebag.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Comments are plain technical English, as far as a pattern can tell. */
class WordsTest {
    private static final int MOST_WORDS = 35;
    private static final Pattern TEXT_OR_COMMENT = Pattern.compile("\"\"\"[\\s\\S]*?\"\"\""
            + "|\"(?:[^\"\\\\\n]|\\\\.)*+\""
            + "|'(?:[^'\\\\\n]|\\\\.)++'"
            + "|/\\*[\\s\\S]*?\\*/"
            + "|//[^\n]*(?:\n[ \t]*//[^\n]*)*+");
    private static final Pattern MARKS = Pattern.compile("(?m)^\\s*(?:/\\*+|\\*+/?|//)|\\*/\\s*$");
    private static final Pattern TAGS = Pattern.compile("\\{@\\w+ ([^}]*)}|<[^>]*>");
    private static final Pattern SENTENCE_END = Pattern.compile("(?<=[.;:!?])\\s+|\\n\\s*\\n|(?:^|\\n)\\s*@\\w+\\s+");
    private static final Pattern AVOIDED = Pattern.compile("^(?:What|Whether|Of|Who)\\b"
            + "|(?i:\\b(?:stands|nobody's|so many|goes on|at once|by now|beside|without a word|is told)\\b)");

    @Test
    void commentsArePlainEnglish() throws IOException {
        List<String> faults = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Path.of("..").toRealPath())) {
            files.filter(file ->
                            file.toString().endsWith(".java") && file.toString().contains("/src/"))
                    .forEach(file -> judge(file, faults));
        }
        assertThat(faults).isEmpty();
    }

    @Test
    void findsEachKindOfFault() {
        assertThat(faults("/** Whether it is. */")).hasSize(1);
        assertThat(faults("// It reads. What\n    // comes next is read.")).hasSize(1);
        assertThat(faults("/* The file stands there. */")).hasSize(1);
        assertThat(faults("// " + "word ".repeat(MOST_WORDS + 1))).hasSize(1);
        assertThat(faults("String text = \"// Whether\"; char quote = '\"'; // A comment."))
                .isEmpty();
    }

    private static void judge(Path file, List<String> faults) {
        try {
            faults(Files.readString(file)).forEach(each -> faults.add(file.getFileName() + ": " + each));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> faults(String source) {
        return TEXT_OR_COMMENT
                .matcher(source)
                .results()
                .map(MatchResult::group)
                .filter(token -> token.startsWith("/"))
                .map(comment ->
                        TAGS.matcher(MARKS.matcher(comment).replaceAll("")).replaceAll("$1"))
                .flatMap(SENTENCE_END::splitAsStream)
                .map(String::strip)
                .filter(sentence -> AVOIDED.matcher(sentence).find() || sentence.split("\\s+").length > MOST_WORDS)
                .toList();
    }
}
