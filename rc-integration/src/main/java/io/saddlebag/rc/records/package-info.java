/** The centre's memory of deliveries and senders, in its journal. No file of the outbox or the work folder. */
package io.saddlebag.rc.records;
