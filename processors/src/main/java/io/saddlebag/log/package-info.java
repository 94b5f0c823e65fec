/** How often a fault is worth a line of the log. Knows no other package and writes nothing itself. */
package io.saddlebag.log;
