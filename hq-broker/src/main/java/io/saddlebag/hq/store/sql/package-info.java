/** Metadata in PostgreSQL: the schema and every statement. Knows no spool file. */
package io.saddlebag.hq.store.sql;
