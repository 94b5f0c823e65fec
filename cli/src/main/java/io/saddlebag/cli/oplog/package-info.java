/** {@code journal}: shows the operator journal of a home. */
package io.saddlebag.cli.oplog;
