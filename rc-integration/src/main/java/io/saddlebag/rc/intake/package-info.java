/** Deliveries on their way in: subscriptions, back pressure, parts assembled on the disk. Nothing is opened here. */
package io.saddlebag.rc.intake;
