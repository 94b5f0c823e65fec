/** The status and the figures over HTTP, for those who set {@code metrics.address}. Reads alone, and has no way in. */
package io.saddlebag.observe.http;
