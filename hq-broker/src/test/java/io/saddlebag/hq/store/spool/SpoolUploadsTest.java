package io.saddlebag.hq.store.spool;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.message.Manifest;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolUploadsTest {
    private static final byte[] MANIFEST = {'{', '}'};

    @TempDir
    Path folder;

    private SpoolFolder spool;
    private SpoolUploads uploads;

    @BeforeEach
    void open() throws IOException {
        spool = new SpoolFolder(folder);
        uploads = new SpoolUploads(spool);
    }

    @AfterEach
    void close() {
        uploads.close();
        spool.close();
    }

    private SpoolUpload begin(String sender, String name) throws IOException {
        SpoolUpload upload = uploads.open(SiteId.of(sender), name, MANIFEST, 2L << 20, (path, ref) -> ref);
        upload.begin();
        return upload;
    }

    @Test
    void forgetsWhereTheOldestOfManyClosedUploadsStandAndReadsThemAgain() throws IOException {
        SpoolUpload oldest = begin("FL-LAB", "oldest");
        oldest.append(new byte[Manifest.PART_SIZE]);
        oldest.close();
        SpoolUpload open = begin("FL-LAB", "open");
        for (int number = 0; number < SpoolUploads.KEPT_CLOSED + 5; number++) {
            begin("S" + number / 200, Integer.toString(number)).close();
        }
        assertThat(uploads.known()).isLessThanOrEqualTo(SpoolUploads.KEPT_CLOSED + 2);
        assertThat(open.isOpen()).isTrue();
        assertThat(begin("FL-LAB", "oldest").received()).isEqualTo(Manifest.PART_SIZE);
    }
}
