/** The records of the laboratory: the journal, and the work, {@code sent/} and {@code failed/} folders. */
package io.saddlebag.lab.records;
