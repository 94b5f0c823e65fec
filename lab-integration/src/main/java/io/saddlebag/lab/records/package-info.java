/** What the laboratory remembers: the journal, and the work, {@code sent/} and {@code failed/} folders. */
package io.saddlebag.lab.records;
