ALTER TABLE delivery_held DROP COLUMN of_later;
