package io.saddlebag.hq.keys;

import io.saddlebag.message.KeyBundle;

/**
 * A key bundle as its owner registered it.
 *
 * @param bundle what the envelope holds
 * @param envelope the DSSE envelope, verbatim: what is handed out
 */
public record RegisteredKeys(KeyBundle bundle, byte[] envelope) {}
