/** Payloads as rows of the database that several headquarters share. */
package io.saddlebag.hq.store.rows;
