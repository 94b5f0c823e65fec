/** {@code receipts} and {@code digest}: checks of an auditor, on any machine, without a site. */
package io.saddlebag.cli.proof;
