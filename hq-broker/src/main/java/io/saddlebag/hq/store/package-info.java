/** What headquarters keeps: metadata in PostgreSQL, payloads in spool segments, both written in grouped commits. Nothing outside knows either. */
package io.saddlebag.hq.store;
