/** The reader's verdicts on messages in the outboxes: taken, signed, sent to headquarters until it has them. */
package io.saddlebag.rc.verdict;
