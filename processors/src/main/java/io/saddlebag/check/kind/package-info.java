/** The kinds of checks, a class each, and the options that a check file gives them. No kind keeps a value of a content. */
package io.saddlebag.check.kind;
