-- Before: the sealed messages lie in the spool of the one headquarters. After: several headquarters may keep them here, where
-- each of them reads them. The single headquarters writes none of these tables.

-- A message of one part is one row. The manifest is in message.manifest. The key carries message_number, so that what
-- nothing needs any more is found in the index alone.
CREATE TABLE payload_part (
    payload_file   bigint  NOT NULL,
    part           integer NOT NULL,
    message_number bigint,
    bytes          bytea   NOT NULL,
    PRIMARY KEY (payload_file, part) INCLUDE (message_number)
);

-- Sealed bytes do not compress, and a piece of a part is read without the rest of it.
ALTER TABLE payload_part ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- Rows come and go with every message: their room is to be found again soon. Up to 8,160 bytes stay in the row itself.
ALTER TABLE payload_part SET (toast_tuple_target = 8160,
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
    autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 1000000,
    autovacuum_analyze_scale_factor = 1,
    toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 100000,
    toast.autovacuum_vacuum_insert_scale_factor = 0, toast.autovacuum_vacuum_insert_threshold = 10000000);

COMMENT ON TABLE payload_part IS 'The sealed messages of several headquarters, a row for each part of 1 MiB; deleted when no delivery needs them';
COMMENT ON COLUMN payload_part.payload_file IS 'The number of the sealed message, delivery_held.payload_file; none is used twice';
COMMENT ON COLUMN payload_part.part IS 'Counts from 1';
COMMENT ON COLUMN payload_part.message_number IS 'In part 1: the message, message.message_number; null until it is published, and in later parts';
COMMENT ON COLUMN payload_part.bytes IS 'The bytes of the part, of at most 1 MiB';

-- One row once the first number was taken, changed for each 1,000 numbers. A table and no sequence, so that a back-up has it
-- and a standby too.
CREATE TABLE payload_number (
    id   integer PRIMARY KEY CHECK (id = 1),
    next bigint  NOT NULL
);

COMMENT ON TABLE payload_number IS 'Which numbers of sealed messages are taken; one row or none';
COMMENT ON COLUMN payload_number.id IS 'Always 1';
COMMENT ON COLUMN payload_number.next IS 'The lowest payload_file that no headquarters has taken';

CREATE TABLE upload (
    sender_id       text COLLATE "C" NOT NULL,
    message_id      text COLLATE "C" NOT NULL,
    manifest_sha256 bytea       NOT NULL,
    payload_file    bigint      NOT NULL UNIQUE,
    body_size       bigint      NOT NULL,
    received        bigint      NOT NULL DEFAULT 0,
    digest_state    bytea       NOT NULL,
    progress_time   timestamptz NOT NULL,
    holder          uuid        NOT NULL,
    PRIMARY KEY (sender_id, message_id, manifest_sha256)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

COMMENT ON TABLE upload IS 'Messages of several parts that are not published yet; any headquarters goes on with one';
COMMENT ON COLUMN upload.sender_id IS 'The publishing site, such as FL-LAB';
COMMENT ON COLUMN upload.message_id IS 'The sender''s name for the message';
COMMENT ON COLUMN upload.manifest_sha256 IS 'SHA-256 of the manifest''s JSON inside its envelope, 32 bytes';
COMMENT ON COLUMN upload.payload_file IS 'Where its parts are, payload_part.payload_file';
COMMENT ON COLUMN upload.body_size IS 'Size of the whole sealed message in bytes';
COMMENT ON COLUMN upload.received IS 'The bytes that are in payload_part, a whole number of parts';
COMMENT ON COLUMN upload.digest_state IS 'The state of SHA-256 after these bytes';
COMMENT ON COLUMN upload.progress_time IS 'When it was opened or its last part came, by the database''s clock';
COMMENT ON COLUMN upload.holder IS 'Who opened it last: parts of anybody else are refused';
