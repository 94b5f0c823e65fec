package io.saddlebag.cli.manual;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The manual page of a command in the language of man(7). It has no date, so that the same commands give the same bytes. */
final class ManualPage {
    private final CommandSpec spec;
    private final String version;
    private final StringBuilder page = new StringBuilder();

    private ManualPage(CommandSpec spec, String version) {
        this.spec = spec;
        this.version = version;
    }

    /** @param version such as {@code saddlebag 1.0.0} */
    static String of(CommandSpec spec, String version) {
        return new ManualPage(spec, version).write();
    }

    /** Such as {@code saddlebag-dead-list.1}. */
    static String fileName(CommandSpec spec) {
        return name(spec) + ".1";
    }

    private static String name(CommandSpec spec) {
        return spec.qualifiedName("-");
    }

    /** Those that people use. */
    static Stream<CommandSpec> subcommands(CommandSpec spec) {
        return spec.subcommands().values().stream()
                .map(CommandLine::getCommandSpec)
                .filter(each -> !each.usageMessage().hidden())
                .distinct();
    }

    private String write() {
        UsageMessageSpec usage = spec.usageMessage();
        line(".TH \"" + text(name(spec).toUpperCase(Locale.ROOT)) + "\" 1 \"\" \"" + text(version)
                + "\" \"Saddlebag\"");
        section("NAME");
        line(text(name(spec)) + " \\- " + text(firstSentence(spec)));
        section("SYNOPSIS");
        line(text(spec.commandLine().getHelp().synopsis(0).strip().replaceAll("\\s+", " ")));
        section("DESCRIPTION");
        line(text(description(usage.description())));
        arguments();
        List<CommandSpec> subcommands = subcommands(spec).toList();
        if (!subcommands.isEmpty()) {
            section("COMMANDS");
            subcommands.forEach(each -> item(bold(name(each)) + "(1)", firstSentence(each)));
        }
        Map<String, String> codes = usage.exitCodeList();
        if (!codes.isEmpty()) {
            section("EXIT STATUS");
            codes.forEach((code, meaning) -> item(bold(code.strip()), meaning));
        }
        if (spec.parent() != null) {
            section("SEE ALSO");
            line(bold(name(spec.parent())) + "(1)");
        }
        return page.toString();
    }

    private void arguments() {
        List<PositionalParamSpec> parameters = spec.positionalParameters().stream()
                .filter(each -> !each.hidden())
                .toList();
        if (!parameters.isEmpty()) {
            section("PARAMETERS");
            parameters.forEach(each -> item(bold(each.paramLabel()), description(each)));
        }
        List<OptionSpec> options =
                spec.options().stream().filter(each -> !each.hidden()).toList();
        if (!options.isEmpty()) {
            section("OPTIONS");
            options.forEach(each -> item(
                    Stream.of(each.names()).map(ManualPage::bold).collect(Collectors.joining(", "))
                            + (each.arity().max() > 0 ? " " + text(each.paramLabel()) : ""),
                    description(each)));
        }
    }

    private static String description(ArgSpec argument) {
        return description(argument.description());
    }

    private static String description(String[] lines) {
        return Ansi.OFF.string(String.join(" ", lines)).replace("%n", " ").replace("%%", "%");
    }

    private static String firstSentence(CommandSpec spec) {
        String whole = description(spec.usageMessage().description());
        int end = whole.indexOf(". ");
        return end < 0 ? whole.replaceFirst("[.]$", "") : whole.substring(0, end);
    }

    private void section(String title) {
        line(".SH " + title);
    }

    private void item(String term, String meaning) {
        line(".TP");
        line(term);
        line(text(meaning));
    }

    private static String bold(String word) {
        return "\\fB" + text(word) + "\\fR";
    }

    /** Without anything that the language takes for its own. */
    private static String text(String plain) {
        String escaped = plain.replace("\\", "\\e").replace("-", "\\-").replace("\"", "\\(dq");
        return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }

    private void line(String line) {
        page.append(line).append('\n');
    }
}
