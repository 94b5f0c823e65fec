/** The figures of a site that runs: counted by its routes, written for Prometheus every 15 seconds. */
package io.saddlebag.observe;
