package io.saddlebag.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.hq.HqSettings;
import io.saddlebag.site.Setting;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The limits of docs/wire.md are those of the code: a setting's default, or a constant. */
class WireLimitsTest {
    /** The constant behind each fixed limit, with its class where others have one of that name. */
    private static final Map<String, String> CONSTANTS = Map.ofEntries(
            Map.entry("manifest of a publication (`manifest-length`)", "MAX_MANIFEST"),
            Map.entry("routing keys of a publication", "PublishFrame.MAX_KEYS"),
            Map.entry("recipients of a manifest", "MAX_RECIPIENTS"),
            Map.entry("part of a sealed message", "PART_SIZE"),
            Map.entry("broken-off uploads of one site", "LEFT_BY_A_SITE"),
            Map.entry("`prefetch-count`", "MAX_PREFETCH"),
            Map.entry("`prefetch-count`, when missing", "DEFAULT_PREFETCH"),
            Map.entry("message_ids in a question for receipts or the chain", "MOST"),
            Map.entry("between two checks of the peer's certificate", "TRUST_CHECK_SECONDS"),
            Map.entry("answers after DISCONNECT", "DISCONNECT_MILLIS"));

    private static final Map<String, Long> UNITS = Map.of("KiB", 1L << 10, "MiB", 1L << 20, "s", 1L, "d", 86_400L);

    static Stream<List<String>> limits() throws Exception {
        return ProjectText.rows(Path.of("..", "docs", "wire.md"), "| limit | value | setting |").stream();
    }

    @ParameterizedTest
    @MethodSource("limits")
    void isThatOfTheCode(List<String> row) {
        long documented = number(row.get(1));
        if (!row.get(2).equals("fixed")) {
            Setting setting = HqSettings.ALL.stream()
                    .filter(each -> row.get(2).equals("`" + each.name() + "`"))
                    .findAny()
                    .orElseThrow();
            assertThat(number(setting.defaultValue())).isEqualTo(documented);
            return;
        }
        String name = CONSTANTS.get(row.get(0));
        assertThat(name).as(row.get(0)).isNotNull();
        long unit = name.endsWith("_MILLIS") ? 1_000 : 1;
        assertThat(constants(name)).isNotEmpty().allSatisfy(value -> assertThat(value)
                .isEqualTo(documented * unit));
    }

    /** The values of a constant in the shared code and in headquarters'. */
    private static List<Long> constants(String constant) {
        String name = constant.substring(constant.indexOf('.') + 1);
        String file = constant.equals(name) ? ".java" : "/" + constant.replace("." + name, ".java");
        Pattern declaration = Pattern.compile("\\b(?:int|long) " + name + " = ([^;]+);");
        try (Stream<Path> files = Stream.of("processors", "hq-broker").flatMap(ProjectText::sources)) {
            return files.filter(each -> each.toString().endsWith(file))
                    .flatMap(each -> declaration.matcher(ProjectText.read(each)).results())
                    .map(found -> value(found.group(1).replace("_", "")))
                    .toList();
        }
    }

    private static long value(String expression) {
        if (expression.contains("<<")) {
            String[] sides = expression.split(" << ");
            return Long.parseLong(sides[0]) << Integer.parseInt(sides[1]);
        }
        return Stream.of(expression.split(" \\* ")).mapToLong(Long::parseLong).reduce(1, (a, b) -> a * b);
    }

    private static long number(String text) {
        Matcher parts = Pattern.compile("(\\d+) ?([A-Za-z]*)").matcher(text);
        assertThat(parts.matches()).as(text).isTrue();
        return Long.parseLong(parts.group(1)) * UNITS.getOrDefault(parts.group(2), 1L);
    }
}
