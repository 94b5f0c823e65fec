/** Recipients' keys: verified, pinned, found for a message. Only signed envelopes are written to {@code keys/}. */
package io.saddlebag.lab.keys;
