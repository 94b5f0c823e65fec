/**
 * The research centre: takes deliveries from headquarters, verifies and opens them, writes them to the outbox and
 * acknowledges. The flow stands in routes/templates/outbox.camel.yaml and routes/rc; each class here is one step of it
 * or one thing that the steps stand on.
 */
package io.saddlebag.rc;
