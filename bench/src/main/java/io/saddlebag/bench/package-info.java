/**
 * The load generator behind {@code saddlebag bench}: drives a real headquarters over mutual TLS and measures it from
 * outside. Nothing here is used by a site at work.
 */
package io.saddlebag.bench;
