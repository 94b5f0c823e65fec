/** The command {@code where}: what became of a file, from the records of one home or several. */
package io.saddlebag.cli.where;
