/** Deliveries on their way to a consumer: dispatch within the prefetch window, frames, settlement. Knows no route. */
package io.saddlebag.hq.deliver;
