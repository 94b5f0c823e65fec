/**
 * The outbox: folders of senders, names, the standardized file, retention. Files appear whole or not at all. No journal and
 * no frames.
 */
package io.saddlebag.rc.outbox;
