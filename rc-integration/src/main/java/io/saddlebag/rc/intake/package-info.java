/** Deliveries on their way in: subscriptions, back pressure, parts put together on the disk. */
package io.saddlebag.rc.intake;
