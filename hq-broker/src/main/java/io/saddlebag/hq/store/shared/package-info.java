/** The common records of several nodes in the database, beyond messages and payloads. */
package io.saddlebag.hq.store.shared;
