/** The server's end of STOMP connections: listening, limits, replies. */
package io.saddlebag.stomp.server;
