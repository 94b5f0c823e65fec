/** Finds messages in the records of a home, page by page in the order of an index. A page looks through a bounded number of rows. */
package io.saddlebag.console.find;
