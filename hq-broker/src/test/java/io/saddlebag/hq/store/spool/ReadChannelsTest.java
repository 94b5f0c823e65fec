package io.saddlebag.hq.store.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadChannelsTest {
    @TempDir
    Path folder;

    private final ReadChannels channels = new ReadChannels(2);

    private FileChannel channel(long number) throws IOException {
        Path file = folder.resolve(Long.toString(number));
        if (!Files.exists(file)) {
            Files.writeString(file, "content");
        }
        return channels.with(number, file, channel -> {
            assertThat(channel.isOpen()).isTrue();
            return channel;
        });
    }

    @Test
    void keepsAFileOpenForTheNextReader() throws IOException {
        assertThat(channel(1)).isSameAs(channel(1));
    }

    @Test
    void closesTheFileThatWasNotReadForLongest() throws IOException {
        FileChannel first = channel(1);
        FileChannel second = channel(2);
        channel(1);
        channel(3);
        assertThat(first.isOpen()).isTrue();
        assertThat(second.isOpen()).isFalse();
    }

    @Test
    void aForgottenFileIsClosedWhenItsLastReaderIsDone() throws IOException {
        Path file = Files.writeString(folder.resolve("1"), "content");
        FileChannel read = channels.with(1, file, channel -> {
            channels.forget(1);
            assertThat(channel.isOpen()).isTrue();
            return channel;
        });
        assertThat(read.isOpen()).isFalse();
        assertThat(channel(1)).isNotSameAs(read);
    }

    @Test
    void closesAllAtTheEnd() throws IOException {
        FileChannel one = channel(1);
        channels.close();
        assertThat(one.isOpen()).isFalse();
    }
}
