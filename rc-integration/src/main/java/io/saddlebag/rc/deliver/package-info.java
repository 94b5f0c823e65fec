/** A whole delivery: verified, opened, placed in the outbox, journalled, acknowledged or refused. */
package io.saddlebag.rc.deliver;
