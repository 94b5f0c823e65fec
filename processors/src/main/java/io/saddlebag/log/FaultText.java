package io.saddlebag.log;

import java.io.UncheckedIOException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Locale;
import java.util.Map;

/** An exception in words for a log line or a message: one line, without the names of classes. */
public final class FaultText {
    /** Faults whose message is a path alone. */
    private static final Map<Class<?>, String> OF_PATHS = Map.of(
            NoSuchFileException.class, "no such file or folder",
            AccessDeniedException.class, "access denied",
            FileAlreadyExistsException.class, "exists already",
            NotDirectoryException.class, "not a folder",
            DirectoryNotEmptyException.class, "the folder is not empty");

    private FaultText() {}

    public static String of(Throwable fault) {
        if (fault instanceof UncheckedIOException wrapped) {
            return of(wrapped.getCause());
        }
        if (fault instanceof SQLTransientConnectionException && fault.getCause() != null) {
            // The text of a pool of connections says how many it has; its cause says why none comes.
            return of(fault.getCause());
        }
        if (fault instanceof SQLException && fault.getCause() instanceof UnknownHostException unknown) {
            return of(unknown);
        }
        if (fault instanceof UnknownHostException) {
            return "no address for the name " + fault.getMessage();
        }
        String text = fault.getMessage();
        if (text == null || text.isBlank()) {
            return words(fault.getClass().getSimpleName());
        }
        String ofPath = OF_PATHS.get(fault.getClass());
        boolean isPathAlone = ofPath != null && ((FileSystemException) fault).getReason() == null;
        return (isPathAlone ? text + ": " + ofPath : text).strip().replaceAll("\\s*\\R\\s*", "; ");
    }

    /** Such as {@code closed channel}. */
    private static String words(String className) {
        return className
                .replaceAll("(Exception|Error)$", "")
                .replaceAll("(?<=[a-z0-9])(?=[A-Z])", " ")
                .toLowerCase(Locale.ROOT);
    }
}
