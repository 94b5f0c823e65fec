/** Recipients' keys: verified, pinned, found for a message. */
package io.saddlebag.lab.keys;
