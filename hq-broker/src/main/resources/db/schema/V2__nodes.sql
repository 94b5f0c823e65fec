-- Before: the tables of one headquarters. After: several headquarters, the nodes, may share them. The single headquarters
-- names none of this, and its rows have the node 0.

CREATE TABLE hq_node (
    node_id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name            text        NOT NULL,
    slot            smallint    NOT NULL CHECK (slot BETWEEN 1 AND 63),
    address         text        NOT NULL,
    version         text        NOT NULL,
    topology_sha256 bytea,
    started_time    timestamptz NOT NULL,
    beat_time       timestamptz NOT NULL,
    ended_time      timestamptz
);

-- Partial, so that a beat is an update of no key: it and the FOR KEY SHARE of hq_fence do not wait for each other.
CREATE UNIQUE INDEX hq_node_slot ON hq_node (slot) WHERE ended_time IS NULL;
CREATE UNIQUE INDEX hq_node_name ON hq_node (name) WHERE ended_time IS NULL;

COMMENT ON TABLE hq_node IS 'The nodes of headquarters: one row for each start, kept when it has ended';
COMMENT ON COLUMN hq_node.node_id IS 'One for each start of a node; never used again';
COMMENT ON COLUMN hq_node.name IS 'The setting hq.node, such as n1; once among those that have not ended';
COMMENT ON COLUMN hq_node.slot IS 'The lowest 6 bits of the message numbers that it gives; once among those that have not ended';
COMMENT ON COLUMN hq_node.address IS 'host:port under which sites reach it';
COMMENT ON COLUMN hq_node.version IS 'The version of Saddlebag that it runs';
COMMENT ON COLUMN hq_node.topology_sha256 IS 'SHA-256 of the topology that it works by, 32 bytes; null when it has not said';
COMMENT ON COLUMN hq_node.started_time IS 'When it joined, by the database''s clock';
COMMENT ON COLUMN hq_node.beat_time IS 'Its last sign of life, by the database''s clock';
COMMENT ON COLUMN hq_node.ended_time IS 'When it stopped, or another node ended it; from then on it commits no message, and others adopt its deliveries';

-- The first statement of a transaction that commits messages of a node. Waits for whoever is just ending the node, and holds
-- off whoever wants to, until the transaction is over. The row is read once more under a snapshot of its own: FOR KEY SHARE
-- alone takes the row as it was before the lock was granted.
CREATE FUNCTION hq_fence(own bigint) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM 1 FROM hq_node WHERE node_id = own FOR KEY SHARE;
    PERFORM 1 FROM hq_node WHERE node_id = own AND ended_time IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'node % of headquarters has ended', own USING ERRCODE = 'SB001';
    END IF;
END
$$;

COMMENT ON FUNCTION hq_fence(bigint) IS 'Raises SB001 when the node has ended; until the transaction is over nobody can end it';

ALTER TABLE delivery_held ADD COLUMN node bigint NOT NULL DEFAULT 0;

-- The waiting deliveries of each node, in the order of dispatch. A statement uses it only if it asks for a node other than 0
-- in these words; the single headquarters' rows are not in it.
CREATE INDEX delivery_of_node ON delivery_held (node, queue_name, priority, message_number)
    WHERE node <> 0 AND dead_lettered_time IS NULL AND payload_missing_time IS NULL;

COMMENT ON COLUMN delivery_held.node IS 'The node that dispatches and settles it, hq_node.node_id; 0 for the single headquarters';
