package io.saddlebag.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SiteIdTest {
    @ParameterizedTest
    @ValueSource(strings = {"FL-LAB", "CA-RC", "DC-HQ", "AB", "A1-2-3", "A2345678901234567890123456789012"})
    void takesIdsOfTheShape(String value) {
        assertThat(SiteId.of(value)).hasToString(value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "A",
                "fl-lab",
                "1A",
                "-AB",
                "AB-",
                "A--B",
                "A_B",
                "A B",
                "AB\n",
                "ÄB",
                "A23456789012345678901234567890123"
            })
    void refusesOtherIds(String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SiteId.of(value))
                .withMessageContaining("Expected a site id such as FL-LAB");
    }

    @Test
    void namesItsHomeFolderInLowerCaseInEveryLanguage() {
        java.util.Locale before = java.util.Locale.getDefault();
        try {
            java.util.Locale.setDefault(java.util.Locale.forLanguageTag("tr"));
            assertThat(SiteId.of("IL-LAB").folderName()).isEqualTo("il-lab");
        } finally {
            java.util.Locale.setDefault(before);
        }
    }

    @Test
    void sortsByItsText() {
        assertThat(SiteId.of("CA-RC")).isLessThan(SiteId.of("NY-RC"));
    }
}
