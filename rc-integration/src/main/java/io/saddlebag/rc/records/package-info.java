/** What the centre remembers of deliveries and senders, in its journal. */
package io.saddlebag.rc.records;
