package io.saddlebag.cli;

import java.util.concurrent.Callable;

/** A subcommand of another package, annotated as picocli wants it; its value is the exit code. The ServiceLoader finds it. */
public interface AddedCommand extends Callable<Integer> {}
