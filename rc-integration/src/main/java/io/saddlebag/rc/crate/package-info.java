/** RO-Crate 1.1: the description of a message in an outbox. Knows no exchange and no outbox. */
package io.saddlebag.rc.crate;
