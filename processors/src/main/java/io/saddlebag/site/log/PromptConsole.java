package io.saddlebag.site.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The console, written to in blocks under load. A line appears within {@value #FLUSH_MILLIS} ms, a warning or error
 * immediately with all lines before it, and no line is dropped. A kill loses lines that are not yet written; the store
 * loses nothing. While the process ends every line is written immediately.
 */
final class PromptConsole extends ConsoleAppender<ILoggingEvent> {
    static final int FLUSH_MILLIS = 100;

    private static final int BLOCK = 32 * 1024;

    private final ScheduledThreadPoolExecutor flusher = new ScheduledThreadPoolExecutor(1, PromptConsole::daemon);
    private boolean flushDue;
    private boolean ending;

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "log-flush");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void start() {
        flusher.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
        setImmediateFlush(false);
        super.start();
        Runtime.getRuntime().addShutdownHook(new Thread(this::end, "log-end"));
    }

    @Override
    public void setOutputStream(OutputStream console) {
        super.setOutputStream(new BufferedOutputStream(console, BLOCK));
    }

    @Override
    protected void subAppend(ILoggingEvent event) {
        // Logback itself locks the writing alone, and the encoder is for one thread at a time.
        streamWriteLock.lock();
        try {
            super.subAppend(event);
            if (ending || event.getLevel().isGreaterOrEqual(Level.WARN)) {
                flush();
            } else if (!flushDue) {
                flushDue = true;
                flusher.schedule(this::flush, FLUSH_MILLIS, TimeUnit.MILLISECONDS);
            }
        } finally {
            streamWriteLock.unlock();
        }
    }

    private void flush() {
        streamWriteLock.lock();
        try {
            flushDue = false;
            if (getOutputStream() != null) {
                getOutputStream().flush();
            }
        } catch (IOException e) {
            addError("The log cannot be written", e);
        } finally {
            streamWriteLock.unlock();
        }
    }

    private void end() {
        streamWriteLock.lock();
        try {
            ending = true;
            flush();
        } finally {
            streamWriteLock.unlock();
        }
    }

    @Override
    public void stop() {
        super.stop();
        flusher.shutdownNow();
    }
}
