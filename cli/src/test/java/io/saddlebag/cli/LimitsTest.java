package io.saddlebag.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.hq.HqSettings;
import io.saddlebag.lab.LabSettings;
import io.saddlebag.rc.RcSettings;
import io.saddlebag.site.Setting;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The limits on the pages are those of the code: a setting's default, or a constant. */
class LimitsTest {
    /** The constant behind each fixed limit, with its class where others have one of that name. */
    private static final Map<String, String> CONSTANTS = Map.ofEntries(
            Map.entry("manifest of a publication (`manifest-length`)", "MAX_MANIFEST"),
            Map.entry("routing keys of a publication", "PublishFrame.MAX_KEYS"),
            Map.entry("recipients of a manifest", "MAX_RECIPIENTS"),
            Map.entry("part of a sealed message", "PART_SIZE"),
            Map.entry("broken-off uploads of one site", "LEFT_BY_A_SITE"),
            Map.entry("`prefetch-count`", "MAX_PREFETCH"),
            Map.entry("`prefetch-count`, when missing", "DEFAULT_PREFETCH"),
            Map.entry(
                    "message_ids in a question for receipts, the chain or where messages are", "OwnSubscriptions.MOST"),
            Map.entry("signed request for new certificates, one a site", "RenewalRequest.MAX_SIZE"),
            Map.entry("between two checks of the peer's certificate", "TRUST_CHECK_SECONDS"),
            Map.entry("answers after DISCONNECT", "DISCONNECT_MILLIS"),
            Map.entry("characters of a site id", "SiteId.MAX_LENGTH"),
            Map.entry("characters of a message_id", "MessageId.MAX_LENGTH"),
            Map.entry("header of a sealed message", "AgeReader.MAX_HEADER"),
            Map.entry("line of JSON before the content", "MessageSealer.MAX_LINE"),
            Map.entry("envelope", "Envelope.MAX_SIZE"),
            Map.entry("nesting of JSON", "Json.MAX_DEPTH"),
            Map.entry("keys of a key bundle", "KeyBundle.MAX_KEYS"),
            Map.entry("path within a folder, in bytes", "MAX_PATH_BYTES"),
            Map.entry("name within a folder, in bytes", "PortableName.MAX_BYTES"),
            Map.entry("extended header of a tar", "MAX_PAX"),
            Map.entry("characters of an ending in the outbox", "LONGEST_ENDING"),
            Map.entry("characters after the first dot of a name", "MAX_EXTENSION"),
            Map.entry("sub-folders of a drop folder, in depth", "DropListing.DEEPEST"),
            Map.entry("patterns of `complete-when` or `exclude` of a route", "DropRules.MOST"),
            Map.entry("depth of folders that `complete-when` looks for", "DropListing.DEEPEST_COMPLETE"),
            Map.entry("content whose sealed message is kept in the journal", "OutgoingMessage.SMALL"),
            Map.entry("messages that are opened while they come in", "OpenAhead.MOST"),
            Map.entry("largest `prefetch`", "MAX_PREFETCH"),
            Map.entry("bytes of parts without headquarters' answer, on a connection", "PartWindow.MOST_BYTES"),
            Map.entry("the same with several `hq.addresses`", "PartWindow.MOST_BYTES_OF_NODES"),
            Map.entry("unanswered ACKs and NACKs of a queue", "DeliveryWindow.MOST_UNANSWERED"),
            Map.entry("links, pipes and devices of a drop folder refused in an hour", "OddEntries.MOST"));

    private static final Map<String, Long> UNITS =
            Map.of("KiB", 1L << 10, "MiB", 1L << 20, "s", 1L, "m", 60L, "h", 3_600L, "d", 86_400L);

    static Stream<Arguments> limits() {
        return Stream.of(
                        Arguments.of("wire.md", HqSettings.ALL),
                        Arguments.of("formats.md", List.of()),
                        Arguments.of("configuration-lab.md", LabSettings.ALL),
                        Arguments.of("configuration-rc.md", RcSettings.ALL))
                .flatMap(page ->
                        ProjectText.rows(Path.of("..", "docs", (String) page.get()[0]), "| limit | value | setting |")
                                .stream()
                                .map(row -> Arguments.of(row.get(0), row.get(1), row.get(2), page.get()[1])));
    }

    @ParameterizedTest
    @MethodSource("limits")
    void isThatOfTheCode(String limit, String value, String setting, List<Setting> settings) {
        long documented = number(value);
        if (setting.equals("fixed")) {
            String constant = CONSTANTS.get(limit);
            assertThat(constant).as(limit).isNotNull();
            long unit = constant.endsWith("_MILLIS") ? 1_000 : 1;
            assertThat(constants(constant)).isNotEmpty().allSatisfy(found -> assertThat(found)
                    .isEqualTo(documented * unit));
        } else {
            assertThat(settings)
                    .filteredOn(each -> setting.equals("`" + each.name() + "`"))
                    .singleElement()
                    .satisfies(each -> assertThat(number(each.defaultValue())).isEqualTo(documented));
        }
    }

    /** The values of a constant in all modules or in the class that is named. */
    private static List<Long> constants(String constant) {
        String name = constant.substring(constant.indexOf('.') + 1);
        String file = constant.equals(name) ? ".java" : "/" + constant.replace("." + name, ".java");
        Pattern declaration = Pattern.compile("\\b(?:int|long) " + name + " = ([^;]+);");
        try (Stream<Path> files = Stream.of("processors", "hq-broker", "lab-integration", "rc-integration")
                .flatMap(ProjectText::sources)) {
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
