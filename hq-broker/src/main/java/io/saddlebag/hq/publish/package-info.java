/** A publish from its frame to its confirm: the judgements in their order, uploads in parts, the commit. No SQL. */
package io.saddlebag.hq.publish;
