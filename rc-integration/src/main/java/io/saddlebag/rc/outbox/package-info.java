/** The outbox: folders of senders, names, the standardized file, retention. Files appear whole or not at all. */
package io.saddlebag.rc.outbox;
