-- Statements of a running node queue up behind a script that waits for a table. It gives up soon, and is tried again.
SET LOCAL lock_timeout = '1s';
