package io.saddlebag.hq.store;

/**
 * Where a payload lies: the manifest's envelope followed by the sealed message.
 *
 * @param file number of the segment, or of the message's own file
 * @param offset of the record in the file, in bytes
 * @param manifestLength of the envelope, in bytes
 * @param bodyLength of the sealed message, in bytes
 */
public record PayloadRef(long file, long offset, int manifestLength, long bodyLength) {}
