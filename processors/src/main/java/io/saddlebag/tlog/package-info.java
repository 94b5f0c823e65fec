/**
 * A log that only grows, as both ends see it: hashes, proofs, signed heads. Hashing is that of RFC 9162; the facts of a
 * head are those of a <a href="https://c2sp.org/tlog-checkpoint">C2SP checkpoint</a>.
 */
package io.saddlebag.tlog;
