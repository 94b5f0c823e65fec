/**
 * The store of headquarters: metadata in PostgreSQL, payloads in spool files, both written in grouped commits. Nothing
 * outside knows either.
 */
package io.saddlebag.hq.store;
