/**
 * The records of the laboratory: the journal, and the work, {@code sent/} and {@code failed/} folders. No exchange and
 * no frame comes here.
 */
package io.saddlebag.lab.records;
