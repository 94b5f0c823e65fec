/** The console's command: it opens the homes, starts the server of pages and prints the link. */
package io.saddlebag.console;
