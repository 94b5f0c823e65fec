/**
 * Proof by killing: real sites of the scenario under a seeded series of faults while files are dropped, and the
 * reconciliation of every file afterwards. Nothing here is used by a site at work.
 */
package io.saddlebag.cli.chaos;
