package io.saddlebag.hq.store;

/**
 * Where a payload lies: the manifest's envelope followed by the sealed message. It stays valid until the payload is
 * dropped, whatever the store does to its files.
 *
 * @param file number of the spool file
 * @param offset of the record in the file, in bytes
 * @param manifestLength of the envelope, in bytes
 * @param bodyLength of the sealed message, in bytes
 */
public record PayloadRef(long file, long offset, int manifestLength, long bodyLength) {}
