package io.saddlebag.where;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.saddlebag.message.MessageId;
import io.saddlebag.message.SiteId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdPatternTest {
    private static final MessageId ID = MessageId.of("FL-LAB_DAT_20251008_001");

    @Test
    void isOneMessageOrThoseOfABeginning() {
        IdPattern one = IdPattern.of(ID.value());
        IdPattern some = IdPattern.of("FL-LAB_DAT_2025*");

        assertThat(one.matches(ID)).isTrue();
        assertThat(one.matches(MessageId.of(ID + "_r2"))).isFalse();
        assertThat(some.matches(ID)).isTrue();
        assertThat(some.matches(MessageId.of("FL-LAB_DAT_20261008_001"))).isFalse();
        assertThat(some.sender()).isEqualTo(SiteId.of("FL-LAB"));
        assertThat(some).hasToString("FL-LAB_DAT_2025*");
    }

    @Test
    void endsBehindAllThatMatch() {
        assertThat(IdPattern.of("FL-LAB_*").end()).isEqualTo("FL-LAB`");
        assertThat(IdPattern.of(ID.value()).end())
                .isGreaterThan(ID.value())
                .isLessThan(ID + "_r2")
                .isLessThan("FL-LAB_DAT_20251008_0010");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"*", "FL-LAB*", "FL*_", "_DAT*", "%_*", "FL-LAB_\u0000*", "fl-lab_*", "run7.bam", "FL-LAB_DAT"})
    void refusesOtherTexts(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IdPattern.of(text))
                .withMessageContaining("Expected");
        assertThat(IdPattern.find(text)).isEmpty();
    }
}
