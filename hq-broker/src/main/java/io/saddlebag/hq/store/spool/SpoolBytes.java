package io.saddlebag.hq.store.spool;

/**
 * The bytes in the files of a spool.
 *
 * @param live of payloads that are needed
 * @param dead of dropped ones, whose space is given back when their file is deleted or copied
 */
public record SpoolBytes(long live, long dead) {}
