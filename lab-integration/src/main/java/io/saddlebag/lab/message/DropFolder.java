package io.saddlebag.lab.message;

/**
 * A folder that at least one drop route takes files from.
 *
 * @param directory relative to the home
 * @param recursive whether the files of its sub-folders belong to it
 * @param taken a regular expression of the names that its routes take; null when they take every name
 */
public record DropFolder(String directory, boolean recursive, String taken) {}
