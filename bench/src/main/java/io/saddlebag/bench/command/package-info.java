/** The subcommands of {@code saddlebag bench}: they read options, call the measuring packages, print. */
package io.saddlebag.bench.command;
