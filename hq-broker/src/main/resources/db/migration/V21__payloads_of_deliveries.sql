-- Before: a message says where its sealed message lies. After: each delivery does, so that a start over a long backlog
-- reads the deliveries that wait and not their messages, whose manifests make up most of the database.

ALTER TABLE delivery ADD COLUMN payload_file bigint NOT NULL DEFAULT 0;
ALTER TABLE delivery ADD COLUMN payload_offset bigint NOT NULL DEFAULT 0;
ALTER TABLE delivery ADD COLUMN manifest_length integer NOT NULL DEFAULT 0;
ALTER TABLE delivery ADD COLUMN body_length bigint NOT NULL DEFAULT 0;

UPDATE delivery d
    SET payload_file = m.payload_file, payload_offset = m.payload_offset,
        manifest_length = octet_length(m.manifest), body_length = m.body_size
    FROM message m
    WHERE m.message_number = d.message_number
        AND num_nonnulls(d.acknowledged_time, d.expired_time, d.discarded_time) = 0;

ALTER TABLE delivery ALTER COLUMN payload_file DROP DEFAULT;
ALTER TABLE delivery ALTER COLUMN payload_offset DROP DEFAULT;
ALTER TABLE delivery ALTER COLUMN manifest_length DROP DEFAULT;
ALTER TABLE delivery ALTER COLUMN body_length DROP DEFAULT;
ALTER TABLE message DROP COLUMN payload_file;
ALTER TABLE message DROP COLUMN payload_offset;

-- What has ended leaves delivery_waiting by vacuum alone. By default that comes when a fifth of the whole history has
-- ended since the last, and what waits would be looked for among all of that.
ALTER TABLE delivery SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500000);

COMMENT ON COLUMN delivery.payload_file IS 'Number of the spool file with the sealed message; of no meaning once the delivery has ended and is no dead letter that may be requeued';
COMMENT ON COLUMN delivery.payload_offset IS 'Where in that file its record begins, in bytes';
COMMENT ON COLUMN delivery.manifest_length IS 'Size of the manifest''s envelope in that record, in bytes';
COMMENT ON COLUMN delivery.body_length IS 'Size of the sealed message in that record, in bytes';
