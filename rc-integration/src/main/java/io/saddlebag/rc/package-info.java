/**
 * The research centre: takes deliveries from headquarters, verifies and opens them, writes them to the outbox and
 * acknowledges. The flow is in routes/templates/outbox.camel.yaml and routes/rc. This package holds the application and its
 * settings; the steps are in the packages below it.
 */
package io.saddlebag.rc;
