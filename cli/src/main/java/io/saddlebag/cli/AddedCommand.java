package io.saddlebag.cli;

/** A subcommand of another package, annotated as picocli wants it. The ServiceLoader finds it. */
public interface AddedCommand extends Runnable {}
