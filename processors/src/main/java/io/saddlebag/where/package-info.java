/** The question of a site to headquarters for the deliveries of its own messages: the words on the wire, and who asks. */
package io.saddlebag.where;
