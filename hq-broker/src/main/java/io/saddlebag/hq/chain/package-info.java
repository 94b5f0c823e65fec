/** The newest manifests that each sender published, told to the sender itself, so that a restored one can go on. */
package io.saddlebag.hq.chain;
