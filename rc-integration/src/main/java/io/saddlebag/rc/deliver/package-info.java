/**
 * A whole delivery: verified, opened, placed in the outbox, journalled, acknowledged or refused. One class a route file. No
 * subscription and no assembly of parts, which are in {@code intake}.
 */
package io.saddlebag.rc.deliver;
