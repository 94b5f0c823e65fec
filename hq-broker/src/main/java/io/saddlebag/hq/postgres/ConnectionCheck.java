package io.saddlebag.hq.postgres;

import java.sql.Connection;
import java.sql.SQLException;

/** Looks at a new connection before anybody uses it. */
@FunctionalInterface
public interface ConnectionCheck {
    /** @throws SQLException when it must not be used */
    void require(Connection connection) throws SQLException;
}
