/**
 * Proof by killing for several headquarters: nodes, sites and a pair of PostgreSQL servers as processes, a seeded series of
 * faults, and the checks of {@code io.saddlebag.bench.chaos}.
 */
package io.saddlebag.bench.nodes;
