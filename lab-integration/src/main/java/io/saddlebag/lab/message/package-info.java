/**
 * The values that the steps of the laboratory hand on: the dropped file, the outgoing message, its drop folder and
 * terms. Nothing here writes to a disk.
 */
package io.saddlebag.lab.message;
