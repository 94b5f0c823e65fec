/** Where a process can be made to end at once, for the proof that nothing is lost there. Holds nothing else. */
package io.saddlebag.failpoint;
