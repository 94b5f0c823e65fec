-- Before: an index of all that is held, in the order in which it is handed out, which the end of a delivery could be looked
-- up by too, though a queue long: where statistics said that next to nothing was held, it was. After: of what waits only,
-- so that nobody uses it who does not ask for what waits by these words.
DROP INDEX delivery_waiting;
CREATE INDEX delivery_waiting ON delivery_held (queue_name, priority, message_number) WHERE dead_lettered_time IS NULL;
