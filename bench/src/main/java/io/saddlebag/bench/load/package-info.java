/**
 * The load generator of {@code bench hq}: drives a real headquarters over mutual TLS and measures it from outside. Knows no
 * application.
 */
package io.saddlebag.bench.load;
