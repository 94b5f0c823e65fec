/** Homes and the processes that run in them: the CA's part, settings to edit, the eight homes of the scenario. */
package io.saddlebag.cli.home;
