/**
 * The kinds of faults, the plan of a run, and the means that do a fault: network, disk, clock, fsync, bit. Knows no run
 * and no site's state.
 */
package io.saddlebag.bench.chaos.fault;
