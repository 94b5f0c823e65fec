-- Before: the nodes share messages and payloads. After: they share keys, topology and revocation list too. The single
-- headquarters names none of this.

-- Given by nodes alone, under a lock: it ascends in the order of commit, so that a node asks for what is above its last.
ALTER TABLE key_bundle ADD COLUMN registered_number bigint;
CREATE UNIQUE INDEX key_bundle_registered ON key_bundle (registered_number) WHERE registered_number IS NOT NULL;

COMMENT ON COLUMN key_bundle.registered_number IS 'Ascends in the order in which nodes took bundles; null for one that the single headquarters took';

CREATE TABLE topology (
    version      bigint      PRIMARY KEY,
    sha256       bytea       NOT NULL,
    yaml         bytea       NOT NULL,
    changed_time timestamptz NOT NULL DEFAULT now(),
    changed_by   text        NOT NULL
);

COMMENT ON TABLE topology IS 'The topologies that the nodes worked by; the highest version counts';
COMMENT ON COLUMN topology.version IS 'Counts from 1 without a gap';
COMMENT ON COLUMN topology.sha256 IS 'SHA-256 of yaml, 32 bytes';
COMMENT ON COLUMN topology.yaml IS 'The file, verbatim';
COMMENT ON COLUMN topology.changed_time IS 'When it was put in, by the database''s clock';
COMMENT ON COLUMN topology.changed_by IS 'The operator who put it in, or the node that brought the first one';

CREATE TABLE trust (
    taken_number bigint      PRIMARY KEY,
    list_number  numeric     NOT NULL,
    this_update  timestamptz NOT NULL,
    list         bytea       NOT NULL,
    taken_time   timestamptz NOT NULL DEFAULT now(),
    taken_by     text        NOT NULL
);

COMMENT ON TABLE trust IS 'The newest revocation list that a node was given, one row; each node verifies it against the CA';
COMMENT ON COLUMN trust.taken_number IS 'Counts the lists that nodes took';
COMMENT ON COLUMN trust.list_number IS 'The list''s CRL number; never lower than that of the list before';
COMMENT ON COLUMN trust.this_update IS 'The list''s date; never before that of the list before';
COMMENT ON COLUMN trust.list IS 'The CA''s revocation list, PEM';
COMMENT ON COLUMN trust.taken_time IS 'When it was taken, by the database''s clock';
COMMENT ON COLUMN trust.taken_by IS 'The node whose home it was put into, hq_node.name';

-- How far sender_chain holds the messages of a sender that one node took. The messages above it are found by an index
-- message_of_sender, which the first node makes: only nodes need it, and to make it reads the whole table of messages.
CREATE TABLE sender_read (
    sender_id  text     NOT NULL,
    slot       smallint NOT NULL,
    read_up_to bigint   NOT NULL,
    PRIMARY KEY (sender_id, slot)
);

COMMENT ON TABLE sender_read IS 'Up to which message of a sender, for each slot of a node, sender_chain is complete';
COMMENT ON COLUMN sender_read.sender_id IS 'The publishing site, such as FL-LAB';
COMMENT ON COLUMN sender_read.slot IS 'The slot of the node that took the messages, their lowest 6 bits';
COMMENT ON COLUMN sender_read.read_up_to IS 'Every message of this sender and slot up to this message_number was taken into account';

CREATE TABLE renewal (
    site_id        text        PRIMARY KEY,
    changed_number bigint      NOT NULL UNIQUE,
    request        bytea       NOT NULL,
    requested_time timestamptz NOT NULL DEFAULT now(),
    answer         bytea,
    refusal        bytea,
    CONSTRAINT renewal_answered_once CHECK (answer IS NULL OR refusal IS NULL)
);

COMMENT ON TABLE renewal IS 'The last request of each site for new certificates, and its answer; the homes of all nodes have them as files';
COMMENT ON COLUMN renewal.site_id IS 'Whose request it is, such as FL-LAB';
COMMENT ON COLUMN renewal.changed_number IS 'Ascends with each request and answer, in the order of commit';
COMMENT ON COLUMN renewal.request IS 'The signed request: a DSSE envelope (JSON, UTF-8), verbatim';
COMMENT ON COLUMN renewal.requested_time IS 'When a node took it, by the database''s clock';
COMMENT ON COLUMN renewal.answer IS 'The CA''s answer, PEM; null while there is none';
COMMENT ON COLUMN renewal.refusal IS 'Why the keeper of the CA refused, UTF-8; null while he did not';

CREATE TABLE site_seen (
    site_id   text        PRIMARY KEY,
    seen_time timestamptz NOT NULL
);

COMMENT ON TABLE site_seen IS 'When each site was last connected to any of the nodes';
COMMENT ON COLUMN site_seen.site_id IS 'The site, such as FL-LAB';
COMMENT ON COLUMN site_seen.seen_time IS 'By the database''s clock, to the minute';
