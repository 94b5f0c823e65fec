/**
 * The values that the steps of the laboratory hand on: the dropped file, the outgoing message, its drop folder and
 * terms.
 */
package io.saddlebag.lab.message;
