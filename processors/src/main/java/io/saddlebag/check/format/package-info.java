/** Readers of formats that take bytes as they come, in constant memory. They know no check. */
package io.saddlebag.check.format;
