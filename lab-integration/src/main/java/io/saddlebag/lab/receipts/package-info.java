/** Receipts of messages that were sent: asked for, verified, written to {@code sent/}. A receipt changes no message. */
package io.saddlebag.lab.receipts;
