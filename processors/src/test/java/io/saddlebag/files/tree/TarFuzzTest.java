package io.saddlebag.files.tree;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.message.Refusal;
import io.saddlebag.testing.FuzzTarget;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Tars of folders: headers, extended headers, names, ends. */
class TarFuzzTest extends FuzzTarget {
    @Override
    public List<byte[]> seeds() throws IOException {
        Path folder = Files.createTempDirectory("tar-seed");
        try {
            Files.writeString(folder.resolve("a.csv"), "a,b\n");
            Path deep = Files.createDirectories(folder.resolve("\u00e9".repeat(60)));
            Files.writeString(deep.resolve("b"), "");
            try (InputStream tar = FolderTar.open(folder)) {
                ByteArrayOutputStream copy = new ByteArrayOutputStream();
                tar.transferTo(copy);
                return List.of(copy.toByteArray(), new byte[1024]);
            }
        } finally {
            try (var all = Files.walk(folder)) {
                for (Path each :
                        all.sorted((one, other) -> other.compareTo(one)).toList()) {
                    Files.delete(each);
                }
            }
        }
    }

    @Override
    public boolean read(byte[] input) throws IOException {
        try {
            TarReader tar = new TarReader(new ByteArrayInputStream(input));
            for (TarReader.Entry entry = tar.next(); entry != null; entry = tar.next()) {
                assertThat(entry.size()).isNotNegative();
                tar.copyTo(OutputStream.nullOutputStream());
                assertThat(EntryName.namesOf(entry.path()))
                        .isNotEmpty()
                        .doesNotContain("", ".", "..")
                        .allMatch(name -> name.indexOf('/') < 0 && name.indexOf('\0') < 0);
            }
            return true;
        } catch (Refusal e) {
            return false;
        }
    }
}
