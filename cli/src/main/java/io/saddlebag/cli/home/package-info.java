/** Homes and the processes that run in them: the CA's part, settings to edit and their addresses, the scenario's homes. */
package io.saddlebag.cli.home;
