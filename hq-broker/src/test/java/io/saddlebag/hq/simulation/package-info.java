/**
 * Headquarters under a deterministic simulation: its own routes, queues, dispatch, settlement and repair on one thread,
 * under a clock and a disk that a seed drives, with a model beside it that checks every step.
 */
package io.saddlebag.hq.simulation;
