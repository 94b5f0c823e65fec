/** Copies of headquarters' tables for back-ups: out of a snapshot, and into an empty database. */
package io.saddlebag.hq.store.backup;
