/** Folders as a whole: walked, compared, packed as a tar and unpacked. Every entry is checked; no link is followed. */
package io.saddlebag.files.tree;
