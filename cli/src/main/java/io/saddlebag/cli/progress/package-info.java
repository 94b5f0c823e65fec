/** The progress of long commands, on standard error. */
package io.saddlebag.cli.progress;
