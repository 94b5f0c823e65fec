/**
 * Benchmarks of single parts, by JMH: what a frame, a seal, a signature, a commit or a dispatch costs by itself. The load
 * generator beside this package looks at headquarters from outside only; here its classes are called.
 */
package io.saddlebag.bench.parts;
