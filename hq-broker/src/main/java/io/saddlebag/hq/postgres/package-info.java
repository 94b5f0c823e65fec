/** The embedded PostgreSQL: unpacked, initialized, started, adopted and stopped as a process of its own. Knows no table. */
package io.saddlebag.hq.postgres;
