/** A receiver's second word on a message: its verdict, and the file in which the outbox's reader says it. No I/O. */
package io.saddlebag.message.verdict;
