/** Benchmarks of single parts, by JMH: the cost of a frame, a seal, a signature, a commit or a dispatch by itself. */
package io.saddlebag.bench.parts;
