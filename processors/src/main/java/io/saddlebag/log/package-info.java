/** Limits how often a repeated fault is logged. Knows no other package and writes no line itself. */
package io.saddlebag.log;
