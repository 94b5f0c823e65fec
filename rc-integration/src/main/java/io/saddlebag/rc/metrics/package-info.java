/** The figures of a research centre. */
package io.saddlebag.rc.metrics;
