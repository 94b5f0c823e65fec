/** DSSE envelopes (secure-systems-lab/dsse v1.0): what a site signs, how a signature is checked, the steps of the signature
 * routes. */
package io.saddlebag.dsse;
