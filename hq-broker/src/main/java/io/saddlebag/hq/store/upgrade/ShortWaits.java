package io.saddlebag.hq.store.upgrade;

import java.sql.SQLException;
import java.sql.Statement;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;

/**
 * Lets a script wait for a table a second at most, since the statements of a running node queue up behind it. Its caller
 * tries it again. A class and no script of Flyway's, which refuses one that is on the class path twice.
 */
public final class ShortWaits implements Callback {
    @Override
    public boolean supports(Event event, Context context) {
        return event == Event.BEFORE_EACH_MIGRATE;
    }

    @Override
    public boolean canHandleInTransaction(Event event, Context context) {
        return true;
    }

    @Override
    public void handle(Event event, Context context) {
        try (Statement statement = context.getConnection().createStatement()) {
            statement.execute("SET LOCAL lock_timeout = '1s'");
        } catch (SQLException e) {
            throw new FlywayException("The time that a script may wait for a table cannot be set", e);
        }
    }

    @Override
    public String getCallbackName() {
        return "short waits";
    }
}
