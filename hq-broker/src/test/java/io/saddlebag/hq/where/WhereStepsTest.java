package io.saddlebag.hq.where;

import static io.saddlebag.hq.testing.StepFixture.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.saddlebag.hq.testing.StepFixture;
import io.saddlebag.message.Json;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;

/** Questions while another one is being answered. HqChainTest has the answers. */
class WhereStepsTest {
    private final StepFixture lab = new StepFixture("FL-LAB");
    private final AtomicInteger questions = new AtomicInteger();
    private final DataSource away = (DataSource) Proxy.newProxyInstance(
            DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                questions.incrementAndGet();
                assertRefused(Code.QUEUE_FULL, () -> this.steps.askWhere(question()));
                throw new SQLException("the test says no");
            });
    private final WhereSteps steps = new WhereSteps(away, () -> Long.MAX_VALUE);

    private Exchange question() {
        return lab.exchange(StompFrame.of(StompCommand.SEND)
                .body(Json.write(new String[] {"FL-LAB_*"}))
                .build());
    }

    @Test
    void answersOneQuestionAtATime() {
        steps.followWhere(lab.exchange(StompFrame.of(StompCommand.SUBSCRIBE)
                .header(Headers.ID, "where")
                .header(Headers.DESTINATION, "/where/FL-LAB")
                .build()));

        for (int i = 1; i <= 2; i++) {
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> steps.askWhere(question()))
                    .withMessage("the test says no");
            assertThat(questions).hasValue(i);
        }
    }
}
