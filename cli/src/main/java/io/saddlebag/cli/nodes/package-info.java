/** The commands for several nodes of headquarters: who they are, and the topology that they share. */
package io.saddlebag.cli.nodes;
