/** The figures of a laboratory. */
package io.saddlebag.lab.metrics;
