/** The audit of headquarters: PostgreSQL against the spool. Reads only, beside a headquarters that may be at work. */
package io.saddlebag.hq.audit;
