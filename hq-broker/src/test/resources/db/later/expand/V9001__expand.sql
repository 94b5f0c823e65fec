ALTER TABLE delivery_held ADD COLUMN of_later text;
CREATE TABLE of_later (id integer PRIMARY KEY);
