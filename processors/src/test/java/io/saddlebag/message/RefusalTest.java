package io.saddlebag.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RefusalTest {
    @Test
    void tellsItsCodeAndReason() {
        Refusal refusal = new Refusal(Refusal.Code.WRONG_SENDER, "Expected FL-LAB, found PA-LAB");

        assertThat(refusal.code().text()).isEqualTo("wrong-sender");
        assertThat(refusal.reason()).isEqualTo("Expected FL-LAB, found PA-LAB");
    }

    @ParameterizedTest
    @EnumSource(Refusal.Code.class)
    void readsEveryCodeBackFromItsText(Refusal.Code code) {
        assertThat(code.text()).matches("[a-z]+(-[a-z]+)*");
        assertThat(Refusal.Code.ofText(code.text())).isEqualTo(code);
    }

    @Test
    void refusesATextThatIsNoCode() {
        assertThatIllegalArgumentException().isThrownBy(() -> Refusal.Code.ofText("because"));
    }

    @Test
    void hasAlwaysAReason() {
        assertThatNullPointerException().isThrownBy(() -> new Refusal(Refusal.Code.EXPIRED, null));
        assertThatNullPointerException().isThrownBy(() -> new Refusal(null, "reason"));
    }
}
