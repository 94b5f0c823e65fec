/** The {@code saddlebag} command: reads the command line, calls the parts, says how it went. No logic of the wire or the seal. */
package io.saddlebag.cli;
