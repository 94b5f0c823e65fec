/** Fixtures that the tests of every module share. */
package io.saddlebag.testing;
