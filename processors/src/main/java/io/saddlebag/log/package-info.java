/** Faults in words, and how often a repeated one is logged. Knows no other package and writes no line itself. */
package io.saddlebag.log;
