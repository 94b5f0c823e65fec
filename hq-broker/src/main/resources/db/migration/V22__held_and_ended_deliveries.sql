-- Before: one table of deliveries, written anew when one ends; what waits is found by a partial index, which grows with
-- every delivery and shrinks by vacuum of the whole history alone. After: deliveries that hold their sealed message stand
-- in a small table of their own and move to the history, which is only ever added to, when they end. `delivery` is both,
-- for whoever reads.

CREATE TABLE delivery_held (
    message_number     bigint   NOT NULL,
    queue_name         text     NOT NULL,
    receiver_client_id text     NOT NULL,
    routing_key        text     NOT NULL,
    priority           smallint NOT NULL DEFAULT 1,
    attempts           integer  NOT NULL DEFAULT 0,
    payload_file       bigint   NOT NULL,
    payload_offset     bigint   NOT NULL,
    manifest_length    integer  NOT NULL,
    body_length        bigint   NOT NULL,
    delivered_time     timestamptz,
    dead_lettered_time timestamptz,
    discarded_time     timestamptz,
    reason             text,
    last_error         text,
    PRIMARY KEY (message_number, queue_name),
    CONSTRAINT delivery_discarded_when_dead CHECK (discarded_time IS NULL OR dead_lettered_time IS NOT NULL)
);

INSERT INTO delivery_held
    SELECT message_number, queue_name, receiver_client_id, routing_key, priority, attempts, payload_file, payload_offset,
        manifest_length, body_length, delivered_time, dead_lettered_time, discarded_time, reason, last_error
    FROM delivery
    WHERE num_nonnulls(acknowledged_time, expired_time, discarded_time) = 0;

DELETE FROM delivery WHERE num_nonnulls(acknowledged_time, expired_time, discarded_time) = 0;

ALTER TABLE delivery RENAME TO delivery_ended;
ALTER INDEX delivery_pkey RENAME TO delivery_ended_pkey;
DROP INDEX delivery_waiting;
DROP INDEX delivery_dead;
ALTER TABLE delivery_ended RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);
ALTER TABLE delivery_ended DROP COLUMN payload_file;
ALTER TABLE delivery_ended DROP COLUMN payload_offset;
ALTER TABLE delivery_ended DROP COLUMN manifest_length;
ALTER TABLE delivery_ended DROP COLUMN body_length;
ALTER TABLE delivery_ended DROP CONSTRAINT delivery_ends_once;
ALTER TABLE delivery_ended ADD CONSTRAINT delivery_ended_once
    CHECK (num_nonnulls(acknowledged_time, dead_lettered_time, expired_time) = 1);

-- What waits, in the order in which it is handed out, and the dead letters, which are seldom many.
CREATE INDEX delivery_waiting ON delivery_held (queue_name, priority, message_number);

-- Rows come and go with every message: room is to be found again soon, whatever else the server does.
ALTER TABLE delivery_held SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);

-- These are only added to. By default each fifth of growth brings a vacuum, which writes every page anew to the WAL to mark it
-- visible to all, and nobody here reads by that mark. Now it comes for so many rows, that they are frozen in good time.
ALTER TABLE message SET (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 5000000,
    autovacuum_analyze_scale_factor = 1);
ALTER TABLE delivery_ended SET (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 5000000,
    autovacuum_analyze_scale_factor = 1);

CREATE VIEW delivery AS
    SELECT message_number, queue_name, receiver_client_id, routing_key, priority, attempts, delivered_time,
        NULL::timestamptz AS acknowledged_time, dead_lettered_time, NULL::timestamptz AS expired_time, discarded_time,
        reason, last_error, NULL::bytea AS delivery_receipt, payload_file, payload_offset, manifest_length,
        body_length
    FROM delivery_held
    UNION ALL
    SELECT message_number, queue_name, receiver_client_id, routing_key, priority, attempts, delivered_time,
        acknowledged_time, dead_lettered_time, expired_time, discarded_time, reason, last_error, delivery_receipt,
        NULL, NULL, NULL, NULL
    FROM delivery_ended;

COMMENT ON VIEW delivery IS 'A message on one queue for one receiver; it waits until exactly one of acknowledged_time, dead_lettered_time and expired_time is set';
COMMENT ON COLUMN delivery.message_number IS 'The message, message.message_number';
COMMENT ON COLUMN delivery.queue_name IS 'The queue, such as ca_rc_queue';
COMMENT ON COLUMN delivery.receiver_client_id IS 'The receiving site, such as CA-RC';
COMMENT ON COLUMN delivery.routing_key IS 'The routing key that led to the queue, such as ca_rc';
COMMENT ON COLUMN delivery.priority IS '0 high, 1 normal, 2 low; a queue that keeps a sender''s order has 1 only';
COMMENT ON COLUMN delivery.attempts IS 'How often it was pushed to the receiver, as known when it last came back or ended; 0 again when an operator requeues it';
COMMENT ON COLUMN delivery.delivered_time IS 'When it was last pushed to the receiver, as known when it last came back or ended; null when it never was';
COMMENT ON COLUMN delivery.acknowledged_time IS 'When the receiver''s acknowledgement came: the file stands in its outbox';
COMMENT ON COLUMN delivery.dead_lettered_time IS 'When it was given up for the reason in reason';
COMMENT ON COLUMN delivery.expired_time IS 'When it was given up because its time, message.expires or the queue''s ttl, was over';
COMMENT ON COLUMN delivery.discarded_time IS 'When a dead letter''s sealed message was given up; null while it can be requeued';
COMMENT ON COLUMN delivery.reason IS 'Why it was dead-lettered or expired; null otherwise';
COMMENT ON COLUMN delivery.last_error IS 'What went wrong the last time it came back unsettled; null when nothing did';
COMMENT ON COLUMN delivery.delivery_receipt IS 'The receiver''s signed delivery receipt: a DSSE envelope, verbatim; null when it sent none';
COMMENT ON COLUMN delivery.payload_file IS 'Number of the spool file with the sealed message; null once nobody needs it';
COMMENT ON COLUMN delivery.payload_offset IS 'Where in that file its record begins, in bytes; null once nobody needs it';

COMMENT ON COLUMN delivery.manifest_length IS 'Size of the manifest''s envelope in that record, in bytes; null once nobody needs it';
COMMENT ON COLUMN delivery.body_length IS 'Size of the sealed message in that record, in bytes; null once nobody needs it';

COMMENT ON TABLE delivery_held IS 'Deliveries that need their sealed message: they wait, or are dead letters that may be requeued';
COMMENT ON COLUMN delivery_held.message_number IS 'The message, message.message_number';
COMMENT ON COLUMN delivery_held.queue_name IS 'The queue, such as ca_rc_queue';
COMMENT ON COLUMN delivery_held.receiver_client_id IS 'The receiving site, such as CA-RC';
COMMENT ON COLUMN delivery_held.routing_key IS 'The routing key that led to the queue, such as ca_rc';
COMMENT ON COLUMN delivery_held.priority IS '0 high, 1 normal, 2 low; a queue that keeps a sender''s order has 1 only';
COMMENT ON COLUMN delivery_held.attempts IS 'How often it was pushed to the receiver, as known when it last came back; 0 again when an operator requeues it';
COMMENT ON COLUMN delivery_held.payload_file IS 'Number of the spool file with the sealed message';
COMMENT ON COLUMN delivery_held.payload_offset IS 'Where in that file its record begins, in bytes';
COMMENT ON COLUMN delivery_held.manifest_length IS 'Size of the manifest''s envelope in that record, in bytes';
COMMENT ON COLUMN delivery_held.body_length IS 'Size of the sealed message in that record, in bytes';
COMMENT ON COLUMN delivery_held.delivered_time IS 'When it was last pushed to the receiver, as known when it last came back; null when it never was';
COMMENT ON COLUMN delivery_held.dead_lettered_time IS 'When it was given up for the reason in reason; null while it waits';
COMMENT ON COLUMN delivery_held.discarded_time IS 'When an operator discarded the dead letter; headquarters moves it to delivery_ended when it next looks';
COMMENT ON COLUMN delivery_held.reason IS 'Why it was dead-lettered; null otherwise';
COMMENT ON COLUMN delivery_held.last_error IS 'What went wrong the last time it came back unsettled; null when nothing did';

COMMENT ON TABLE delivery_ended IS 'Deliveries that are over, for good; their sealed messages are gone';
