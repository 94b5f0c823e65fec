package io.saddlebag.rc.deliver;

import io.saddlebag.check.CheckRun;
import io.saddlebag.check.HomeChecks;
import io.saddlebag.log.ProgressLog;
import io.saddlebag.rc.intake.Arrival;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import org.apache.camel.Exchange;

/** The step between opening and placing that makes the checks of the outbox. For any number of threads. */
public final class CheckSteps {
    private final HomeChecks checks;

    public CheckSteps(HomeChecks checks) {
        this.checks = checks;
    }

    /**
     * Step {@code checkContent}: the opened content passes the checks of the outbox. It is read once more, after it was
     * opened, so that a program's time limit does not count the time of its parts on their way.
     *
     * @throws io.saddlebag.message.Refusal {@code BAD_CONTENT}: the message is a dead letter
     */
    public void checkContent(Exchange exchange) throws IOException {
        Arrival arrival = Arrival.of(exchange);
        String check = arrival.check();
        if (check == null) {
            return;
        }
        long size = Files.size(arrival.openedFile());
        try (InputStream in = content(arrival, size);
                CheckRun run = checks.begin(check, arrival.message().fileName(), arrival.isFolder(), size)) {
            run.take(in);
        }
    }

    private static InputStream content(Arrival arrival, long size) throws IOException {
        return arrival.content() != null
                ? new ByteArrayInputStream(arrival.content())
                : new ProgressLog(arrival.messageId().value(), "checking", size)
                        .counting(Files.newInputStream(arrival.openedFile()));
    }
}
