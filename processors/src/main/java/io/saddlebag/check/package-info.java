/**
 * Checks of contents, which a laboratory makes before it seals and a centre before it publishes: the check file, and one
 * run over the bytes of a message. Moves no file and knows no route.
 */
package io.saddlebag.check;
