/** Seals and opens messages as age v1 files, as streams. Knows no signature and no route. */
package io.saddlebag.seal;
