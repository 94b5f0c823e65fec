/** Which versions of headquarters may use a database at the same time. */
package io.saddlebag.hq.store.upgrade;
