/** The figures of headquarters. */
package io.saddlebag.hq.metrics;
