/** The topology: exchanges, bindings, queues and what each site may do; from routing keys to queues. */
package io.saddlebag.hq.routing;
