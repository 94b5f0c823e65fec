/** The {@code saddlebag} command: reads the command line, calls the parts, prints. Knows nothing of wire or seal. */
package io.saddlebag.cli;
