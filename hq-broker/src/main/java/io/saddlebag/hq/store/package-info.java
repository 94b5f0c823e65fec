/**
 * The store of headquarters: metadata in PostgreSQL, payloads in spool files or in the
 * database, both written in grouped commits. Nothing
 * outside knows either.
 */
package io.saddlebag.hq.store;
