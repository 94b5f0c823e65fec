/** Executors that every site shares. Nothing here knows a frame, a file or a route. */
package io.saddlebag.concurrent;
