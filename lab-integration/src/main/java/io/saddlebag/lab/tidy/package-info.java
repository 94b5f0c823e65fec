/**
 * Removes files from {@code sent/}: by age, once every recipient's receipt is kept, or by an operator's wish. The journal
 * says so before a file goes. Receipts and journal rows stay.
 */
package io.saddlebag.lab.tidy;
