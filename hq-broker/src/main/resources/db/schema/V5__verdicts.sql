-- Before: a receiver's last word on a message is its receipt. After: its verdict is kept too, in a table that no other
-- statement reads, until its sender has it and after.

CREATE TABLE verdict (
    message_number     bigint      NOT NULL,
    receiver_client_id text        NOT NULL,
    sender_id          text COLLATE "C" NOT NULL,
    kind               text        NOT NULL CHECK (kind IN ('accepted', 'rejected')),
    code               text,
    verdict_sha256     bytea       NOT NULL,
    envelope           bytea       NOT NULL,
    received_time      timestamptz NOT NULL DEFAULT clock_timestamp(),
    taken_time         timestamptz,
    PRIMARY KEY (message_number, receiver_client_id)
);

-- Signatures and base64 do not compress.
ALTER TABLE verdict ALTER COLUMN envelope SET STORAGE EXTERNAL;

-- Those that their senders do not have yet: few or none.
CREATE INDEX verdict_untaken ON verdict (sender_id, received_time) WHERE taken_time IS NULL;

COMMENT ON TABLE verdict IS 'What a receiver said of a message that it has, once for each message and receiver';
COMMENT ON COLUMN verdict.message_number IS 'The message, message.message_number';
COMMENT ON COLUMN verdict.receiver_client_id IS 'The receiving site, such as CA-RC';
COMMENT ON COLUMN verdict.sender_id IS 'The publishing site, such as FL-LAB';
COMMENT ON COLUMN verdict.kind IS 'accepted or rejected';
COMMENT ON COLUMN verdict.code IS 'The code that the reader gave; null when there is none';
COMMENT ON COLUMN verdict.verdict_sha256 IS 'SHA-256 of the verdict''s JSON inside its envelope, 32 bytes; as in the log';
COMMENT ON COLUMN verdict.envelope IS 'The signed verdict: a DSSE envelope, verbatim; the reason in it is encrypted for the sender';
COMMENT ON COLUMN verdict.received_time IS 'When headquarters took it, by the database''s clock';
COMMENT ON COLUMN verdict.taken_time IS 'When its sender confirmed that it has it; null until then';
