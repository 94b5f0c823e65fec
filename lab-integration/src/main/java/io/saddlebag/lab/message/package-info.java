/** What the steps of the laboratory hand on: the outgoing message, its drop folder and terms. */
package io.saddlebag.lab.message;
