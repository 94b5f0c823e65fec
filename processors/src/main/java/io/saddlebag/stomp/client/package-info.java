/** The component {@code hq:} and a site's connection to headquarters: addresses, reconnection, requests, answers. */
package io.saddlebag.stomp.client;
