package io.saddlebag.cli.manual;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.cli.CommandLineRun;
import io.saddlebag.cli.Saddlebag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ManualTest {
    private static final Pattern COMMAND = Pattern.compile("(?m)^  ([a-z][a-z-]*)  ");
    private static final Pattern OPTION = Pattern.compile("(?m)^ {2,6}(?:-[a-zA-Z], )?(--[a-z][a-z-]+)");

    @TempDir
    private Path folder;

    /** By the words of each command, its help. */
    private static final Map<String, String> HELPS = helps();

    private static Map<String, String> helps() {
        Map<String, String> found = new LinkedHashMap<>();
        gather("", new CommandLine(new Saddlebag()), found);
        return found;
    }

    private static void gather(String name, CommandLine command, Map<String, String> found) {
        String help = command.getUsageMessage(CommandLine.Help.Ansi.OFF);
        found.put(name, help);
        int commands = help.indexOf("Commands:\n");
        if (commands >= 0) {
            COMMAND.matcher(help.substring(commands))
                    .results()
                    .map(each -> each.group(1))
                    .filter(each -> !each.equals("help"))
                    .forEach(each -> gather(
                            (name + " " + each).strip(),
                            command.getSubcommands().get(each),
                            found));
        }
    }

    @Test
    void hasAPageForEachCommandWithEachOfItsOptions() throws Exception {
        assertThat(CommandLineRun.of("man", "--dir", folder).exitCode()).isZero();

        Path pages = folder.resolve("man/man1");
        assertThat(HELPS).containsKeys("", "demo", "check", "doctor", "dead list", "init site");
        for (Map.Entry<String, String> help : HELPS.entrySet()) {
            Path page = pages.resolve(("saddlebag " + help.getKey()).strip().replace(' ', '-') + ".1");
            assertThat(page).exists();
            String text = Files.readString(page).replace("\\-", "-");
            assertThat(text).startsWith(".TH ").contains(".SH NAME", ".SH SYNOPSIS", ".SH OPTIONS", ".SH EXIT STATUS");
            assertThat(OPTION.matcher(help.getValue()).results().map(each -> each.group(1)))
                    .allSatisfy(option -> assertThat(text).contains(option));
            assertThat(text).doesNotContain("${", "%n");
        }
        try (Stream<Path> files = Files.list(pages)) {
            assertThat(files.map(file -> file.getFileName().toString())).noneMatch(name -> name.contains("warm-up"));
        }
        assertThat(CommandLineRun.of("man", "dead", "list").out())
                .isEqualTo(Files.readString(pages.resolve("saddlebag-dead-list.1")));
        assertThat(CommandLineRun.of("man", "dead", "lst").exitCode()).isEqualTo(2);
    }

    @Test
    void writesPagesThatGroffReadsWithoutAWarning() throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/groff")), "needs groff");
        CommandLineRun.of("man", "--dir", folder);
        Path warnings = folder.resolve("warnings");
        try (Stream<Path> pages = Files.list(folder.resolve("man/man1"))) {
            List<String> command = Stream.concat(
                            Stream.of("groff", "-man", "-Tascii", "-ww", "-z"), pages.map(Path::toString))
                    .toList();
            new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(warnings.toFile())
                    .start()
                    .waitFor();
        }
        assertThat(warnings).isEmptyFile();
    }

    @Test
    void completesEachCommand() throws Exception {
        CommandLineRun run = CommandLineRun.of("completion");

        for (String command : HELPS.keySet()) {
            assertThat(run.out())
                    .contains("function _picocli_saddlebag" + (command.isEmpty() ? "" : "_") + command.replace(' ', '_')
                            + "() {");
        }
        Path script = Files.writeString(folder.resolve("saddlebag"), run.out());
        Path answer = folder.resolve("answer");
        new ProcessBuilder(
                        "bash",
                        "-c",
                        "source " + script + "; COMP_WORDS=(saddlebag ch); COMP_CWORD=1; COMP_LINE='saddlebag ch';"
                                + " _complete_saddlebag; printf '%s\\n' \"${COMPREPLY[@]}\"")
                .redirectErrorStream(true)
                .redirectOutput(answer.toFile())
                .start()
                .waitFor();
        assertThat(answer).hasContent("check");
    }
}
