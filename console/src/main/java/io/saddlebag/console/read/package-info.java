/** Reads homes: status files, journals, headquarters' database. Each question is one transaction of a second. Changes nothing. */
package io.saddlebag.console.read;
