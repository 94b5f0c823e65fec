/** The topology: exchanges, bindings, queues and the permissions of each site. Decides, and keeps no message. */
package io.saddlebag.hq.routing;
