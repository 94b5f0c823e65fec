-- Before: an empty schema. After: what headquarters keeps of messages, deliveries and key bundles.
-- No table holds content: a sealed message lies in the spool, its manifest says nothing of what is inside.

CREATE TABLE message (
    message_number  bigint      PRIMARY KEY,
    commit_group    bigint      NOT NULL,
    message_id      text        NOT NULL,
    sender_id       text        NOT NULL,
    exchange_name   text        NOT NULL,
    sent_timestamp  timestamptz NOT NULL,
    received_time   timestamptz NOT NULL,
    expires         timestamptz,
    body_size       bigint      NOT NULL,
    body_sha256     bytea       NOT NULL,
    manifest_sha256 bytea       NOT NULL,
    manifest        bytea       NOT NULL,
    payload_file    bigint      NOT NULL,
    payload_offset  bigint      NOT NULL,
    CONSTRAINT message_once_per_sender UNIQUE (sender_id, message_id)
);

-- Signatures and base64 do not compress, and a manifest fits beside its row: neither is worth a second table's write.
ALTER TABLE message ALTER COLUMN manifest SET STORAGE EXTERNAL;
ALTER TABLE message SET (toast_tuple_target = 8160);

COMMENT ON TABLE message IS 'A message as its sender published it, one row; the row stays when the sealed message is gone';
COMMENT ON COLUMN message.message_number IS 'Headquarters'' own number, ascending in the order of commit; numbers may be missing';
COMMENT ON COLUMN message.commit_group IS 'The lowest message_number that was committed in the same transaction';
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
COMMENT ON COLUMN message.payload_file IS 'Number of the spool file with the sealed message; of no meaning once no delivery waits';
COMMENT ON COLUMN message.payload_offset IS 'Where in that file it begins, in bytes';

-- No foreign key to message: the one writer puts both in one transaction, and a check a row costs a third of the speed.
CREATE TABLE delivery (
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
    PRIMARY KEY (message_number, queue_name),
    CONSTRAINT delivery_ends_once CHECK (num_nonnulls(acknowledged_time, dead_lettered_time, expired_time) <= 1)
);

-- What waits, and nothing else: its size follows the backlog, not the history.
CREATE INDEX delivery_waiting ON delivery (queue_name, message_number)
    WHERE acknowledged_time IS NULL AND dead_lettered_time IS NULL AND expired_time IS NULL;

COMMENT ON TABLE delivery IS 'A message on one queue for one receiver; it waits until exactly one of acknowledged_time, dead_lettered_time and expired_time is set';
COMMENT ON COLUMN delivery.message_number IS 'The message, message.message_number';
COMMENT ON COLUMN delivery.queue_name IS 'The queue, such as ca_rc_queue';
COMMENT ON COLUMN delivery.receiver_client_id IS 'The receiving site, such as CA-RC';
COMMENT ON COLUMN delivery.routing_key IS 'The routing key that led to the queue, such as ca_rc';
COMMENT ON COLUMN delivery.attempts IS 'How often it was pushed to the receiver, as known when it ended';
COMMENT ON COLUMN delivery.delivered_time IS 'When it was last pushed to the receiver; null when it never was, or still waits';
COMMENT ON COLUMN delivery.acknowledged_time IS 'When the receiver''s acknowledgement came: the file stands in its outbox';
COMMENT ON COLUMN delivery.dead_lettered_time IS 'When it was given up for the reason in reason';
COMMENT ON COLUMN delivery.expired_time IS 'When it was given up because message.expires had passed';
COMMENT ON COLUMN delivery.reason IS 'Why it was dead-lettered; null otherwise';
COMMENT ON COLUMN delivery.delivery_receipt IS 'The receiver''s signed delivery receipt: a DSSE envelope, verbatim; null when it sent none';

CREATE TABLE key_bundle (
    site_id         text        NOT NULL,
    version         bigint      NOT NULL,
    envelope        bytea       NOT NULL,
    registered_time timestamptz NOT NULL,
    PRIMARY KEY (site_id, version)
);

COMMENT ON TABLE key_bundle IS 'The public keys that sites registered, as they signed them; every version is kept';
COMMENT ON COLUMN key_bundle.site_id IS 'Whose keys they are, such as CA-RC';
COMMENT ON COLUMN key_bundle.version IS 'The bundle''s version; the highest is current';
COMMENT ON COLUMN key_bundle.envelope IS 'The signed key bundle: a DSSE envelope (JSON, UTF-8), verbatim';
COMMENT ON COLUMN key_bundle.registered_time IS 'When headquarters took it';
