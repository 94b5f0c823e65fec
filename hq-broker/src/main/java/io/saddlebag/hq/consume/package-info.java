/** The steps of frames that consume: subscribe, acknowledge, reject. */
package io.saddlebag.hq.consume;
