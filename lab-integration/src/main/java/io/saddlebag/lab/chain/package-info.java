/** The laboratory's own manifests at headquarters: the journal catches up with them after a restore. */
package io.saddlebag.lab.chain;
