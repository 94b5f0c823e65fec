/** The rows of receivers' verdicts. */
package io.saddlebag.hq.store.verdict;
