/** The demo: eight sites as processes of their own, four files, nine deliveries, and the table that shows them. */
package io.saddlebag.cli.demo;
