/**
 * The commands of a laboratory's operator on files that are claimed or kept: take one back, remove old ones. They work
 * through the journal, while the laboratory runs and while it does not.
 */
package io.saddlebag.cli.keep;
