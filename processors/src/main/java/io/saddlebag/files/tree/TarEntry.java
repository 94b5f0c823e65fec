package io.saddlebag.files.tree;

/**
 * An entry as a tar names it; nothing of it has been judged.
 *
 * @param path as in the tar, without the slash that ends a folder's
 * @param size in bytes; 0 for a folder
 */
record TarEntry(String path, boolean isFolder, long size) {}
