/**
 * Proof by killing: real sites of the scenario under a seeded series of faults while files are dropped, and the check of
 * every file afterwards. The checks share no code with {@code io.saddlebag.audit}, on purpose: two checkers that share code
 * share its faults.
 */
package io.saddlebag.bench.chaos;
