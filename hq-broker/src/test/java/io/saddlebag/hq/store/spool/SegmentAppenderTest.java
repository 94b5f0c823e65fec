package io.saddlebag.hq.store.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentAppenderTest {
    private static final int BUFFER = 16;

    @TempDir
    Path folder;

    private Path path;
    private SegmentAppender appender;

    @BeforeEach
    void open() throws IOException {
        path = folder.resolve("1.segment");
        appender = new SegmentAppender(new SpoolFile(1, path, false), ByteBuffer.allocateDirect(BUFFER));
    }

    private long append(String opening, String body) throws IOException {
        return appender.append(ByteBuffer.wrap(opening.getBytes("US-ASCII")), body.getBytes("US-ASCII"));
    }

    @Test
    void collectsRecordsAndTellsWhereEachBegins() throws IOException {
        assertThat(append("<1>", "one")).isZero();
        assertThat(append("<2>", "two")).isEqualTo(6);
        assertThat(path).isEmptyFile();
        assertThat(appender.length()).isEqualTo(12);
        appender.flush();
        assertThat(path).hasContent("<1>one<2>two");
        assertThat(append("<3>", "")).isEqualTo(12);
    }

    @Test
    void writesWhatIsLargerThanItsBufferInOrder() throws IOException {
        String large = "x".repeat(3 * BUFFER);
        append("<1>", large);
        assertThat(append("<2>", "two")).isEqualTo(3 + large.length());
        appender.flush();
        appender.syncFlushed();
        assertThat(path).hasContent("<1>" + large + "<2>two");
    }

    @Test
    void neverSyncsAgainAfterAFailure() throws IOException {
        append("<1>", "one");
        appender.close();
        assertThatThrownBy(appender::flush).isInstanceOf(IOException.class);
        assertThat(appender.hasFailed()).isTrue();
        assertThatThrownBy(appender::syncFlushed)
                .isInstanceOf(IOException.class)
                .hasMessageContaining(path.toString());
    }

    @Test
    void neverWritesIntoAFileThatIsThere() {
        assertThatThrownBy(() -> new SegmentAppender(new SpoolFile(1, path, false), ByteBuffer.allocate(BUFFER)))
                .isInstanceOf(FileAlreadyExistsException.class);
    }
}
