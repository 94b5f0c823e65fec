/** The command {@code status}: one screen a home, read from {@code run/status.json}. Asks no site and no database. */
package io.saddlebag.cli.status;
