package io.saddlebag.cli.backup;

import io.saddlebag.cli.progress.Progress;
import io.saddlebag.cli.progress.ProgressOption;
import io.saddlebag.identity.PassphraseSource;
import io.saddlebag.identity.PrivateFiles;
import io.saddlebag.message.Printable;
import io.saddlebag.seal.AgeIdentity;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A back-up that a command reads, in plain or sealed. */
final class BackupSource {
    private static final byte[] AGE = "age-encryption.org/".getBytes(StandardCharsets.US_ASCII);
    private static final int BUFFER = 1 << 20;

    @Parameters(paramLabel = "FILE", description = "The back-up.")
    private Path file;

    @Option(
            names = {"-i", "--identity"},
            paramLabel = "FILE",
            description = "An age identity file, mode 0600, that opens a sealed back-up; may be repeated.")
    private List<Path> identities = List.of();

    @Option(
            names = "--passphrase-file",
            paramLabel = "FILE",
            description = "Opens encrypted identity files with the first line of this file, mode 0600.")
    private Path passphraseFile;

    @Mixin
    private ProgressOption progress;

    Path file() {
        return file;
    }

    /**
     * @param err for its progress
     * @return how many members it has
     */
    long read(BackupReader.Visitor visitor, PrintWriter err) throws IOException {
        long[] members = new long[1];
        try (Progress told = progress.begin(
                        "reading " + Printable.whole(file.toString()), ProgressOption.sizeOf(file.toString()), err);
                InputStream in = new BufferedInputStream(told.counting(Files.newInputStream(file)), BUFFER)) {
            in.mark(AGE.length);
            boolean isSealed = Arrays.equals(in.readNBytes(AGE.length), AGE);
            in.reset();
            SealedStream.Reading reading = plain -> members[0] = BackupReader.read(plain, visitor);
            if (isSealed) {
                SealedStream.open(in, keys(), reading);
            } else {
                reading.from(in);
            }
        } catch (IOException e) {
            throw new IOException(
                    String.valueOf(e.getMessage()).startsWith(file.toString())
                            ? e.getMessage()
                            : file + ": " + Printable.reason(e.getMessage()),
                    e);
        }
        return members[0];
    }

    private List<AgeIdentity> keys() throws IOException {
        if (identities.isEmpty()) {
            throw new IOException("expected --identity FILE with the key of a sealed back-up, found none");
        }
        char[] passphrase = passphraseFile == null ? null : PrivateFiles.passphrase(passphraseFile);
        PassphraseSource source = PassphraseSource.of("the file of --passphrase-file", () -> passphrase);
        List<AgeIdentity> keys = new ArrayList<>();
        for (Path identity : identities) {
            keys.addAll(AgeIdentity.load(identity, source));
        }
        return keys;
    }
}
