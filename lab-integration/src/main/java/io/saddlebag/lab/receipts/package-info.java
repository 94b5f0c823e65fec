/** Receipts of messages that were sent: asked for, verified, filed. */
package io.saddlebag.lab.receipts;
