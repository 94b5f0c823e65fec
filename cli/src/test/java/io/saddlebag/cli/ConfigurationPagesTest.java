package io.saddlebag.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.hq.HqSettings;
import io.saddlebag.lab.LabSettings;
import io.saddlebag.rc.RcSettings;
import io.saddlebag.rc.intake.QueueEndpoint;
import io.saddlebag.site.Setting;
import io.saddlebag.stomp.client.HqEndpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriParam;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The pages that people configure by say what the code understands, no less and no more. */
class ConfigurationPagesTest {
    private static final Pattern NAME = Pattern.compile("`([a-z]+(?:[.-][A-Za-z-]+)+)`");

    static Stream<Arguments> pages() {
        return Stream.of(
                Arguments.of("configuration-hq.md", HqSettings.ALL),
                Arguments.of("configuration-lab.md", LabSettings.ALL),
                Arguments.of("configuration-rc.md", RcSettings.ALL));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void namesEverySettingWithItsDefault(String page, List<Setting> settings) throws Exception {
        List<String> rows = rows(page);
        for (Setting setting : settings) {
            String name = "`" + setting.name().replace("my.*", "my.NAME").replace("*", "SITE") + "`";
            assertThat(rows).as(page + " on " + name).anySatisfy(row -> {
                assertThat(row).contains(name);
                if (setting.defaultValue() == null) {
                    assertThat(row).containsAnyOf("required", "at least one");
                } else if (!setting.defaultValue().isEmpty()) {
                    assertThat(row).contains("`" + setting.defaultValue() + "`");
                }
            });
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void namesNoSettingThatIsNotThere(String page, List<Setting> settings) throws Exception {
        List<String> known = settings.stream()
                .map(setting -> setting.name().replace("my.*", "my.NAME").replace("*", "SITE"))
                .toList();
        for (String row : rows(page)) {
            Matcher name = NAME.matcher(row.split("\\|", 3)[1]);
            while (name.find()) {
                assertThat(known).as(page).contains(name.group(1));
            }
        }
    }

    @Test
    void listsTheOptionsOfTheHqEndpoints() throws Exception {
        List<String> expected = Stream.concat(
                        options("hq:keys, hq:receipts, hq:chain, hq:revocations", HqEndpoint.class),
                        options("hq:queue", QueueEndpoint.class))
                .toList();
        assertThat(rows("integrators.md").stream().map(row -> row.replace("`", "")))
                .containsExactlyElementsOf(expected);
    }

    private static Stream<String> options(String of, Class<?> endpoint) {
        return Stream.of(endpoint.getDeclaredFields())
                .filter(field -> field.isAnnotationPresent(UriParam.class))
                .map(field -> {
                    UriParam option = field.getAnnotation(UriParam.class);
                    String usual = field.isAnnotationPresent(Metadata.class) ? "required" : option.defaultValue();
                    return "| " + String.join(" | ", field.getName(), of, usual, option.description()) + " |";
                });
    }

    private static List<String> rows(String page) throws Exception {
        Path file = Path.of("..", "docs", page);
        List<String> lines = Files.readAllLines(file);
        int heading = 0;
        while (!lines.get(heading).contains("| default | meaning |")) {
            heading++;
        }
        int end = heading;
        while (end < lines.size() && lines.get(end).startsWith("|")) {
            end++;
        }
        return lines.subList(heading + 2, end);
    }
}
