package io.saddlebag.cli.chaos;

/** The run could not go on; the message says what was waited for. */
final class ChaosFailure extends Exception {
    private static final long serialVersionUID = 1L;

    ChaosFailure(String message) {
        super(message);
    }
}
