/** Files of deliveries in flight, in the work folder. No headquarters and no outbox. */
package io.saddlebag.rc.work;
