/** Several headquarters on one database: the lease of a node, its numbers, the end of others and what becomes of their rows. */
package io.saddlebag.hq.node;
