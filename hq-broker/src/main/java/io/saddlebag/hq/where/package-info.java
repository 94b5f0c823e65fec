/** Where deliveries are, for a site about its own messages and for headquarters' operator. */
package io.saddlebag.hq.where;
