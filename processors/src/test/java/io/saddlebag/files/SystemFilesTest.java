package io.saddlebag.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SystemFilesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "~$Results.xlsx",
                ".~lock.Results.ods#",
                "Thumbs.db",
                "THUMBS.DB",
                "Desktop.ini",
                "@eaDir",
                "@EADIR",
                "#recycle",
                ".AppleDouble",
                "._a.csv",
                "lost+found",
                "a.bam.crdownload",
                "a.bam.PARTIAL",
                "a.filepart",
                ".a.csv.swp",
                ".nfs000000000012",
                ".fuse_hidden0000001",
                ".DS_Store",
                "System Volume Information",
                "a.csv~",
                "a.csv.part"
            })
    void knowsWhatIsNoData(String name) {
        assertThat(SystemFiles.USUAL.contains(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "FL-LAB_DAT_20251008_001.csv",
                "thumbs.db.csv",
                "lock.ods#",
                "recycle",
                "eaDir",
                ".zarray",
                "~results.csv",
                "a.partial.csv",
                "notes.swp.txt"
            })
    void takesTheRestForData(String name) {
        assertThat(SystemFiles.USUAL.contains(name)).isFalse();
    }

    @Test
    void takesMorePatterns() {
        SystemFiles more = SystemFiles.with(List.of("*.bak", "scratch", "run-??-*.log", "a*b*c"));

        assertThat(List.of("a.BAK", "Scratch", "run-07-x.log", "aXbYc", "abc", "Thumbs.db"))
                .allMatch(more::contains);
        assertThat(List.of("a.bak.csv", "scratch.csv", "run-7-x.log", "aXbY", "ab"))
                .noneMatch(more::contains);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "*", "**", "*.*", "?", "a/b"})
    void refusesWhatIsNoPatternOfAName(String pattern) {
        assertThatThrownBy(() -> SystemFiles.with(List.of(pattern)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("such as *.bak");
    }

    /** The table below the heading "System files" has a code span for each pattern and no other. */
    @Test
    void isListedInTheDocumentation() throws Exception {
        String page = Files.readString(Path.of("..", "docs", "configuration-lab.md"));
        int begin = page.indexOf("### System files");
        assertThat(begin).isPositive();
        String table = page.substring(
                page.indexOf("\n| from |", begin), page.indexOf("\n\n", page.indexOf("\n| from |", begin)));
        TreeSet<String> listed = new TreeSet<>();
        Matcher span = Pattern.compile("`([^`]+)`").matcher(table);
        while (span.find()) {
            listed.add(span.group(1));
        }

        assertThat(listed).isEqualTo(new TreeSet<>(SystemFiles.PATTERNS));
    }
}
