/**
 * STOMP 1.2 frames over TLS for camel-netty, both ends: the codec with its limits, the pipeline factories, the
 * connection of a client. Knows nothing of messages, queues or keys.
 *
 * @see <a href="https://stomp.github.io/stomp-specification-1.2.html">STOMP 1.2</a>
 */
package io.saddlebag.stomp;
