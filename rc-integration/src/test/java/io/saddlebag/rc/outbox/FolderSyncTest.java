package io.saddlebag.rc.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderSyncTest {
    @TempDir
    private Path folder;

    @Test
    void servesManyAtOnce() throws Exception {
        Outbox.FolderSync sync = new Outbox.FolderSync(folder);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                all.add(threads.submit(() -> {
                    sync.sync();
                    return null;
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void tellsEverybodyForWhomASyncFailedAndNobodyElse() throws Exception {
        Path later = folder.resolve("later");
        Outbox.FolderSync sync = new Outbox.FolderSync(later);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        int told = 0;
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                all.add(threads.submit(() -> {
                    sync.sync();
                    return null;
                }));
            }
            for (Future<?> each : all) {
                try {
                    each.get();
                } catch (ExecutionException e) {
                    assertThat(e).hasCauseInstanceOf(IOException.class);
                    told++;
                }
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(told).isEqualTo(50);

        Files.createDirectory(later);
        assertThatCode(sync::sync).doesNotThrowAnyException();
    }
}
