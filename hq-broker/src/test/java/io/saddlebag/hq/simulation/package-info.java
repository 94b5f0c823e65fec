/**
 * Headquarters under a deterministic simulation: its own routes, queues, dispatch, settlement and repair on one thread.
 * A seed drives the clock and the disk, and a model checks every step.
 */
package io.saddlebag.hq.simulation;
