/** Actions: each runs a command as the command line has it, and keeps its output to be shown. */
package io.saddlebag.console.act;
