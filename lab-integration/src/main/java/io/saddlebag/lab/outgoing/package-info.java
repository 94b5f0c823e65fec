/**
 * A message on its way out: digested, sealed, chained, signed, published in parts, moved to {@code sent/} or {@code
 * failed/}. Nothing here claims a file.
 */
package io.saddlebag.lab.outgoing;
