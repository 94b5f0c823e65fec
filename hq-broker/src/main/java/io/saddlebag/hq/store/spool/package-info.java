/** Sealed messages in segment files: appended, synced, read by part, freed. Knows no database. */
package io.saddlebag.hq.store.spool;
