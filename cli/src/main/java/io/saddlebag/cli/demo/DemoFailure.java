package io.saddlebag.cli.demo;

import java.nio.file.Path;

/** The demo did not come to its end. The message says what failed and which log to read. */
public final class DemoFailure extends Exception {
    private static final long serialVersionUID = 1L;

    DemoFailure(String message) {
        super(message);
    }

    DemoFailure(String message, Path log) {
        super(message + ". Read " + log);
    }

    DemoFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
