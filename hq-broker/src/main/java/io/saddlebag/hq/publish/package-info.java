/** A publish from its frame to its confirm: the judgements in their order, uploads in parts, the commit. */
package io.saddlebag.hq.publish;
