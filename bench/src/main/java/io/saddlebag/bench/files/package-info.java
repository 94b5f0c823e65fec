/** Measures files from the drop folder to the outboxes. */
package io.saddlebag.bench.files;
