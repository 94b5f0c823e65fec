/** How deliveries ended, told to their senders: at once to those who listen, and to whoever asks. */
package io.saddlebag.hq.receipts;
