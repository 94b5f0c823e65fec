/**
 * The laboratory's own manifests at headquarters: the journal catches up with them after a restore. The tables
 * themselves belong to the records.
 */
package io.saddlebag.lab.chain;
