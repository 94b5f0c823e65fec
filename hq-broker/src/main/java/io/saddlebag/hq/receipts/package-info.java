/** Answers to a sender about its own messages: how their deliveries ended, and the manifests that headquarters has. */
package io.saddlebag.hq.receipts;
