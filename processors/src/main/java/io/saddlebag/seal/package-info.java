/** Sealing and opening of messages as age v1 files, and DSSE envelopes around what is signed. All of it streams, except the small signed JSON. */
package io.saddlebag.seal;
