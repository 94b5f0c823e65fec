/** A site's connection to headquarters: addresses, reconnection, requests and their answers. */
package io.saddlebag.stomp.client;
