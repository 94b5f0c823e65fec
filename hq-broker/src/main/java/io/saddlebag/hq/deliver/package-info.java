/** Deliveries on their way to a consumer: dispatch within the prefetch window, frames, settlement. */
package io.saddlebag.hq.deliver;
