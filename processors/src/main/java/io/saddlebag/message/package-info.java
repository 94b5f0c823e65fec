/**
 * The values that all sites share: ids, messages, manifests, key bundles, receipts. Records without I/O: nothing here
 * opens a file, a socket or a key.
 */
package io.saddlebag.message;
