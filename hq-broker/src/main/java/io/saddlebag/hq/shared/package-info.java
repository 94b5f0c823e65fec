/** Takes up, at each node of headquarters, the keys, the topology and the revocation list that came to another. */
package io.saddlebag.hq.shared;
