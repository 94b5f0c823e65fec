/** The steps of frames that consume: subscribe, acknowledge, reject. Pushes nothing itself: that is {@code deliver}. */
package io.saddlebag.hq.consume;
