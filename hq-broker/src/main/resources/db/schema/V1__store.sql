-- Before: an empty schema. After: the metadata that headquarters keeps of messages, deliveries and key bundles.
-- Until version 1.0.0 this script changes in place; a database that another version of it made is refused.
-- No table holds content: the sealed message lies in the spool, and its manifest does not describe its content.

-- Ids are compared by their bytes, so that the index finds those of one beginning whatever the locale of the database.
CREATE TABLE message (
    message_number  bigint      PRIMARY KEY,
    synced_number   bigint      NOT NULL,
    message_id      text COLLATE "C" NOT NULL,
    sender_id       text COLLATE "C" NOT NULL,
    exchange_name   text        NOT NULL,
    sent_timestamp  timestamptz NOT NULL,
    received_time   timestamptz NOT NULL,
    expires         timestamptz,
    body_size       bigint      NOT NULL,
    body_sha256     bytea       NOT NULL,
    manifest_sha256 bytea       NOT NULL,
    manifest        bytea       NOT NULL,
    CONSTRAINT message_once_per_sender UNIQUE (sender_id, message_id)
);

-- Signatures and base64 do not compress, and a manifest fits into its row: a second table would cost a second write.
ALTER TABLE message ALTER COLUMN manifest SET STORAGE EXTERNAL;
ALTER TABLE message SET (toast_tuple_target = 8160);

-- Rows are only added. By default each fifth of growth starts a vacuum, which writes every page to the WAL again to mark
-- it visible to all; no statement here reads by that mark. With this limit the rows are frozen in good time.
ALTER TABLE message SET (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 5000000,
    autovacuum_analyze_scale_factor = 1);

COMMENT ON TABLE message IS 'A message as its sender published it, one row; the row stays when the sealed message is gone';
COMMENT ON COLUMN message.message_number IS 'Headquarters'' own number, ascending in the order of commit; numbers may be missing, and none is used twice';
COMMENT ON COLUMN message.synced_number IS 'The sealed messages up to this message_number were on the disk when this row was committed; one and the same for each transaction';
COMMENT ON COLUMN message.message_id IS 'The sender''s name for it, such as FL-LAB_DAT_20251008_001; unique per sender';
COMMENT ON COLUMN message.sender_id IS 'The publishing site, such as FL-LAB';
COMMENT ON COLUMN message.exchange_name IS 'The exchange that it was published to, such as labs';
COMMENT ON COLUMN message.sent_timestamp IS 'When the sender took the file, by the sender''s clock';
COMMENT ON COLUMN message.received_time IS 'When headquarters had the whole message';
COMMENT ON COLUMN message.expires IS 'When it may be given up undelivered; null for never';
COMMENT ON COLUMN message.body_size IS 'Size of the sealed message in bytes';
COMMENT ON COLUMN message.body_sha256 IS 'SHA-256 of the sealed message, 32 bytes';
COMMENT ON COLUMN message.manifest_sha256 IS 'SHA-256 of the manifest''s JSON inside its envelope, 32 bytes; tells a repeat from a conflict';
COMMENT ON COLUMN message.manifest IS 'The signed manifest: a DSSE envelope (JSON, UTF-8), verbatim';

-- Deliveries that need their sealed message are in a small table of their own. A delivery that ends moves to
-- delivery_ended, which only grows. No foreign key to message: the one writer writes both in one transaction, and a check
-- a row costs a third of the speed.
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
    payload_missing_time timestamptz,
    refusals           integer  NOT NULL DEFAULT 0,
    unsettled_since    timestamptz,
    refusal_detail     bytea,
    discard_reason     text,
    PRIMARY KEY (message_number, queue_name),
    CONSTRAINT delivery_discarded_when_dead CHECK (discarded_time IS NULL OR dead_lettered_time IS NOT NULL)
);

-- The waiting deliveries alone, in the order of dispatch. A statement uses this index only if it asks in these words: the
-- end of a delivery must not be looked up through a whole queue.
CREATE INDEX delivery_waiting ON delivery_held (queue_name, priority, message_number)
    WHERE dead_lettered_time IS NULL AND payload_missing_time IS NULL;

-- The dead letters, to be counted.
CREATE INDEX delivery_dead ON delivery_held (queue_name)
    WHERE dead_lettered_time IS NOT NULL AND discarded_time IS NULL;

-- Deliveries whose sealed message is missing: few or none.
CREATE INDEX delivery_missing ON delivery_held (message_number) WHERE payload_missing_time IS NOT NULL;

-- Deliveries that an operator gave up and that have not ended yet: few or none.
CREATE INDEX delivery_discarded ON delivery_held (message_number) WHERE discard_reason IS NOT NULL;

-- Rows come and go with every message: their room is to be found again soon, whatever else the server does.
ALTER TABLE delivery_held SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);

COMMENT ON TABLE delivery_held IS 'Deliveries that need their sealed message: they wait, or are dead letters that may be requeued';
COMMENT ON COLUMN delivery_held.message_number IS 'The message, message.message_number';
COMMENT ON COLUMN delivery_held.queue_name IS 'The queue, such as ca_rc_queue';
COMMENT ON COLUMN delivery_held.receiver_client_id IS 'The receiving site, such as CA-RC';
COMMENT ON COLUMN delivery_held.routing_key IS 'The routing key that led to the queue, such as ca_rc';
COMMENT ON COLUMN delivery_held.priority IS '0 high, 1 normal, 2 low; a queue that keeps a sender''s order has 1 only';
COMMENT ON COLUMN delivery_held.attempts IS 'How often it was pushed to the receiver, as known when it last came back; 0 again when an operator requeues it';
COMMENT ON COLUMN delivery_held.payload_file IS 'Number of the spool file with the sealed message; of no meaning while payload_missing_time is set';
COMMENT ON COLUMN delivery_held.payload_offset IS 'Where in that file its record begins, in bytes';
COMMENT ON COLUMN delivery_held.manifest_length IS 'Size of the manifest''s envelope in that record, in bytes';
COMMENT ON COLUMN delivery_held.body_length IS 'Size of the sealed message in that record, in bytes';
COMMENT ON COLUMN delivery_held.delivered_time IS 'When it was last pushed to the receiver, as known when it last came back; null when it never was';
COMMENT ON COLUMN delivery_held.dead_lettered_time IS 'When it was given up for the reason in reason; null while it waits';
COMMENT ON COLUMN delivery_held.discarded_time IS 'When an operator discarded the dead letter; headquarters moves it to delivery_ended when it next looks';
COMMENT ON COLUMN delivery_held.reason IS 'Why it was dead-lettered, a code alone when the receiver refused it; null otherwise';
COMMENT ON COLUMN delivery_held.refusal_detail IS 'More of a refusal, encrypted by the receiver for the sender; headquarters cannot read it; null otherwise';
COMMENT ON COLUMN delivery_held.discard_reason IS 'Why an operator gave it up; it ends once it is at no receiver; null otherwise';
COMMENT ON COLUMN delivery_held.last_error IS 'What went wrong the last time it came back unsettled; null when nothing did';
COMMENT ON COLUMN delivery_held.refusals IS 'How often its receiver gave it back, or it could not be read, as known when it last came back; without the ends of connections; 0 again when an operator requeues it';
COMMENT ON COLUMN delivery_held.unsettled_since IS 'When it first came back unsettled; null when it never did, and when an operator requeues it';
COMMENT ON COLUMN delivery_held.payload_missing_time IS 'Since when the sealed message is known to be missing or damaged; null while it is whole. Such a delivery is doubtful, not dispatched, until its publisher repeats the message or it becomes a dead letter';

CREATE TABLE delivery_ended (
    message_number     bigint  NOT NULL,
    queue_name         text    NOT NULL,
    receiver_client_id text    NOT NULL,
    routing_key        text    NOT NULL,
    attempts           integer NOT NULL DEFAULT 0,
    delivered_time     timestamptz,
    acknowledged_time  timestamptz,
    dead_lettered_time timestamptz,
    expired_time       timestamptz,
    reason             text,
    delivery_receipt   bytea,
    priority           smallint NOT NULL DEFAULT 1,
    last_error         text,
    discarded_time     timestamptz,
    refusal_detail     bytea,
    PRIMARY KEY (message_number, queue_name),
    CONSTRAINT delivery_ended_once CHECK (num_nonnulls(acknowledged_time, dead_lettered_time, expired_time) = 1)
);

ALTER TABLE delivery_ended SET (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 5000000,
    autovacuum_analyze_scale_factor = 1);

COMMENT ON TABLE delivery_ended IS 'Deliveries that are over, for good; their sealed messages are gone';
COMMENT ON COLUMN delivery_ended.message_number IS 'The message, message.message_number';
COMMENT ON COLUMN delivery_ended.queue_name IS 'The queue, such as ca_rc_queue';
COMMENT ON COLUMN delivery_ended.receiver_client_id IS 'The receiving site, such as CA-RC';
COMMENT ON COLUMN delivery_ended.routing_key IS 'The routing key that led to the queue, such as ca_rc';
COMMENT ON COLUMN delivery_ended.attempts IS 'How often it was pushed to the receiver, as known when it last came back or ended; 0 again when an operator requeues it';
COMMENT ON COLUMN delivery_ended.delivered_time IS 'When it was last pushed to the receiver, as known when it last came back or ended; null when it never was';
COMMENT ON COLUMN delivery_ended.acknowledged_time IS 'When the receiver''s acknowledgement came: the file stands in its outbox';
COMMENT ON COLUMN delivery_ended.dead_lettered_time IS 'When it was given up for the reason in reason';
COMMENT ON COLUMN delivery_ended.expired_time IS 'When it was given up because its time, message.expires or the queue''s ttl, was over';
COMMENT ON COLUMN delivery_ended.reason IS 'Why it was dead-lettered or expired; null otherwise';
COMMENT ON COLUMN delivery_ended.delivery_receipt IS 'The receiver''s signed delivery receipt: a DSSE envelope, verbatim; null when it sent none';
COMMENT ON COLUMN delivery_ended.priority IS '0 high, 1 normal, 2 low; a queue that keeps a sender''s order has 1 only';
COMMENT ON COLUMN delivery_ended.last_error IS 'What went wrong the last time it came back unsettled; null when nothing did';
COMMENT ON COLUMN delivery_ended.discarded_time IS 'When an operator gave it up, with its sealed message; null otherwise';
COMMENT ON COLUMN delivery_ended.refusal_detail IS 'More of a refusal, encrypted by the receiver for the sender; headquarters cannot read it; null otherwise';

-- Both, for readers.
CREATE VIEW delivery AS
    SELECT message_number, queue_name, receiver_client_id, routing_key, priority, attempts, delivered_time,
        NULL::timestamptz AS acknowledged_time, dead_lettered_time, NULL::timestamptz AS expired_time, discarded_time,
        CASE WHEN discarded_time IS NULL THEN reason ELSE concat_ws('; ', reason, 'discarded: ' || discard_reason) END AS reason,
        last_error, NULL::bytea AS delivery_receipt, payload_file, payload_offset, manifest_length, body_length,
        payload_missing_time, refusal_detail
    FROM delivery_held
    UNION ALL
    SELECT message_number, queue_name, receiver_client_id, routing_key, priority, attempts, delivered_time,
        acknowledged_time, dead_lettered_time, expired_time, discarded_time, reason, last_error, delivery_receipt,
        NULL, NULL, NULL, NULL, NULL, refusal_detail
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
COMMENT ON COLUMN delivery.reason IS 'Why it was dead-lettered or expired, a code alone when the receiver refused it; null otherwise';
COMMENT ON COLUMN delivery.refusal_detail IS 'More of a refusal, encrypted by the receiver for the sender; headquarters cannot read it; null otherwise';
COMMENT ON COLUMN delivery.last_error IS 'What went wrong the last time it came back unsettled; null when nothing did';
COMMENT ON COLUMN delivery.delivery_receipt IS 'The receiver''s signed delivery receipt: a DSSE envelope, verbatim; null when it sent none';
COMMENT ON COLUMN delivery.payload_file IS 'Number of the spool file with the sealed message; null once nobody needs it';
COMMENT ON COLUMN delivery.payload_offset IS 'Where in that file its record begins, in bytes; null once nobody needs it';
COMMENT ON COLUMN delivery.manifest_length IS 'Size of the manifest''s envelope in that record, in bytes; null once nobody needs it';
COMMENT ON COLUMN delivery.body_length IS 'Size of the sealed message in that record, in bytes; null once nobody needs it';
COMMENT ON COLUMN delivery.payload_missing_time IS 'Since when the sealed message is known to be missing or damaged; null while it is whole. Such a delivery is doubtful, not dispatched, until its publisher repeats the message or it becomes a dead letter';

CREATE TABLE operator_change (
    message_number bigint NOT NULL,
    queue_name     text   NOT NULL,
    PRIMARY KEY (message_number, queue_name)
);

COMMENT ON TABLE operator_change IS 'Deliveries that an operator requeued or discarded and that headquarters has not looked at yet';
COMMENT ON COLUMN operator_change.message_number IS 'The message, message.message_number';
COMMENT ON COLUMN operator_change.queue_name IS 'On which queue';

CREATE TABLE key_bundle (
    site_id         text        NOT NULL,
    epoch           bigint      NOT NULL,
    version         bigint      NOT NULL,
    envelope        bytea       NOT NULL,
    registered_time timestamptz NOT NULL,
    PRIMARY KEY (site_id, epoch, version)
);

COMMENT ON TABLE key_bundle IS 'The public keys that sites registered, as they signed them; every version is kept';
COMMENT ON COLUMN key_bundle.site_id IS 'Whose keys they are, such as CA-RC';
COMMENT ON COLUMN key_bundle.epoch IS 'Start of the certificate that signed it, in seconds since 1970; the highest is current';
COMMENT ON COLUMN key_bundle.version IS 'The bundle''s version; the highest of the highest epoch is current';
COMMENT ON COLUMN key_bundle.envelope IS 'The signed key bundle: a DSSE envelope (JSON, UTF-8), verbatim';
COMMENT ON COLUMN key_bundle.registered_time IS 'When headquarters took it';

-- The log that only grows. A transaction that stores something for it adds a row here; headquarters' log writer takes
-- these rows every some seconds and stores leaves in the same transaction.
CREATE TABLE log_pending (
    pending_number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind           text   NOT NULL,
    body           bytea  NOT NULL
);

ALTER TABLE log_pending ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE log_pending SET (toast_tuple_target = 8160, autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 20000);

COMMENT ON TABLE log_pending IS 'What is committed and becomes leaves of the log within seconds';
COMMENT ON COLUMN log_pending.pending_number IS 'The order in which it becomes leaves';
COMMENT ON COLUMN log_pending.kind IS 'manifests or receipts: body has SHA-256 digests; entry: body is an entry';
COMMENT ON COLUMN log_pending.body IS 'The digests of a commit, 32 bytes each; or the entry itself, JSON';

CREATE TABLE log_entry (
    leaf_index bigint PRIMARY KEY,
    entry      bytea NOT NULL,
    digests    bytea NOT NULL,
    hashes     bytea NOT NULL
);

ALTER TABLE log_entry ALTER COLUMN digests SET STORAGE EXTERNAL;

COMMENT ON TABLE log_entry IS 'The leaves of the log; rows are only added';
COMMENT ON COLUMN log_entry.leaf_index IS 'Counts from 0 without a gap';
COMMENT ON COLUMN log_entry.entry IS 'The bytes of the leaf, JSON';
COMMENT ON COLUMN log_entry.digests IS 'Of commits: the digests under the root in the entry, 32 bytes each; empty otherwise';
COMMENT ON COLUMN log_entry.hashes IS 'Hashes of the subtrees that this leaf completes, the leaf alone first, 32 bytes each';

CREATE TABLE log_head (
    id   integer PRIMARY KEY CHECK (id = 1),
    head bytea NOT NULL
);

COMMENT ON TABLE log_head IS 'The last signed head of the log, one row';
COMMENT ON COLUMN log_head.id IS 'Always 1';
COMMENT ON COLUMN log_head.head IS 'The signed head: a DSSE envelope (JSON, UTF-8)';

-- The newest message of a sender to each receiver, so that a sender whose journal was restored is answered without a look
-- at its history. Written from memory every some thousand messages; a start reads the messages since.
CREATE TABLE sender_chain (
    sender_id          text   NOT NULL,
    receiver_client_id text   NOT NULL,
    seq                bigint NOT NULL,
    message_id         text   NOT NULL,
    read_up_to         bigint NOT NULL,
    PRIMARY KEY (sender_id, receiver_client_id)
);

COMMENT ON TABLE sender_chain IS 'The message with the highest seq of a sender to a receiver, as of read_up_to; headquarters brings it up to date at its start';
COMMENT ON COLUMN sender_chain.sender_id IS 'The publishing site, such as FL-LAB';
COMMENT ON COLUMN sender_chain.receiver_client_id IS 'The receiving site, such as CA-RC';
COMMENT ON COLUMN sender_chain.seq IS 'The highest seq in a manifest of the sender for this receiver';
COMMENT ON COLUMN sender_chain.message_id IS 'The message with that manifest';
COMMENT ON COLUMN sender_chain.read_up_to IS 'Every message up to this message_number was taken into account when the row was written';

CREATE TABLE store_mark (
    id    integer PRIMARY KEY CHECK (id = 1),
    home  text    NOT NULL,
    store text    NOT NULL
);

COMMENT ON TABLE store_mark IS 'Which home this database belongs to, one row; a home refuses to start on another one''s';
COMMENT ON COLUMN store_mark.id IS 'Always 1';
COMMENT ON COLUMN store_mark.home IS 'The identity of the home, 32 hexadecimal digits';
COMMENT ON COLUMN store_mark.store IS 'Which of its stores this is: database';
