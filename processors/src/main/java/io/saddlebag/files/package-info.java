/** Files and folders on a local disk: atomic writes, syncs, held folders, portable names. Knows no message and no site. */
package io.saddlebag.files;
