/** The steps at which a test can end a process abruptly, to prove that nothing is lost there. Holds nothing else. */
package io.saddlebag.failpoint;
