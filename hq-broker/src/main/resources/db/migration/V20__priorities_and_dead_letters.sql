-- Before: a dead letter's sealed message is gone, every delivery weighs the same. After: a dead letter keeps its sealed
-- message until an operator requeues or discards it, a delivery has a priority, and what an operator changes while
-- headquarters runs is told in a table of its own.

ALTER TABLE delivery ADD COLUMN priority smallint NOT NULL DEFAULT 1;
ALTER TABLE delivery ADD COLUMN last_error text;
ALTER TABLE delivery ADD COLUMN discarded_time timestamptz;

-- The sealed messages of earlier dead letters are gone already.
UPDATE delivery SET discarded_time = dead_lettered_time WHERE dead_lettered_time IS NOT NULL;

COMMENT ON COLUMN delivery.priority IS '0 high, 1 normal, 2 low; a queue that keeps a sender''s order has 1 only';
COMMENT ON COLUMN delivery.last_error IS 'What went wrong the last time it came back unsettled; null when nothing did';
COMMENT ON COLUMN delivery.discarded_time IS 'When a dead letter''s sealed message was given up; null while it can be requeued';
COMMENT ON COLUMN delivery.attempts IS 'How often it was pushed to the receiver, as known when it last came back or ended; 0 again when an operator requeues it';
COMMENT ON COLUMN delivery.delivered_time IS 'When it was last pushed to the receiver, as known when it last came back or ended; null when it never was';
COMMENT ON COLUMN delivery.expired_time IS 'When it was given up because its time, message.expires or the queue''s ttl, was over';
COMMENT ON COLUMN delivery.reason IS 'Why it was dead-lettered or expired; null otherwise';

-- What waits, in the order in which it is handed out.
DROP INDEX delivery_waiting;
CREATE INDEX delivery_waiting ON delivery (queue_name, priority, message_number)
    WHERE acknowledged_time IS NULL AND dead_lettered_time IS NULL AND expired_time IS NULL;

-- The dead letters whose sealed message is kept: seldom many.
CREATE INDEX delivery_dead ON delivery (message_number, queue_name)
    WHERE dead_lettered_time IS NOT NULL AND discarded_time IS NULL;

CREATE TABLE operator_change (
    message_number bigint NOT NULL,
    queue_name     text   NOT NULL,
    PRIMARY KEY (message_number, queue_name)
);

COMMENT ON TABLE operator_change IS 'Deliveries that an operator requeued or discarded and that headquarters has not looked at yet';
COMMENT ON COLUMN operator_change.message_number IS 'The message, message.message_number';
COMMENT ON COLUMN operator_change.queue_name IS 'On which queue';
