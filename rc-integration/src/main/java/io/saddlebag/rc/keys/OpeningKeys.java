package io.saddlebag.rc.keys;

import io.saddlebag.identity.PassphraseSource;
import io.saddlebag.log.RepeatedFaults;
import io.saddlebag.seal.AgeIdentity;
import io.saddlebag.seal.AgeKeyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of {@code identity/age.key} while the centre runs. {@link #look} takes up a changed file and ends the keys whose
 * time is over. For any number of threads.
 */
public final class OpeningKeys implements Supplier<List<AgeIdentity>> {
    private static final Logger LOG = LoggerFactory.getLogger(OpeningKeys.class);

    private final Path file;
    private final PassphraseSource passphrase;
    private final Clock clock;
    private final RepeatedFaults faults = new RepeatedFaults();
    private Stamp stamp;
    private volatile AgeKeyFile keys;
    private volatile List<AgeIdentity> opening;

    /** By which a change of the file shows. */
    private record Stamp(Object fileKey, Object modified, long size) {
        static Stamp of(Path file) throws IOException {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            return new Stamp(now.fileKey(), now.lastModifiedTime(), now.size());
        }
    }

    private OpeningKeys(Path file, PassphraseSource passphrase, Clock clock) {
        this.file = file;
        this.passphrase = passphrase;
        this.clock = clock;
    }

    /**
     * @param passphrase asked when the file is encrypted; gives null when there is none
     * @throws IOException when the file is no key file, or others may read it
     */
    public static OpeningKeys load(Path file, PassphraseSource passphrase, Clock clock) throws IOException {
        OpeningKeys keys = new OpeningKeys(file, passphrase, clock);
        keys.keys = AgeKeyFile.load(file, passphrase);
        keys.stamp = Stamp.of(file);
        keys.opening = keys.keys.opening(clock.instant());
        return keys;
    }

    /** The keys that open now. */
    @Override
    public List<AgeIdentity> get() {
        return opening;
    }

    /** The keys that senders are to seal for. */
    List<AgeIdentity> published() {
        return keys.published();
    }

    /** @return true when the keys that senders are to seal for have changed */
    synchronized boolean look() {
        List<AgeIdentity> before = published();
        try {
            Stamp now = Stamp.of(file);
            if (!now.equals(stamp)) {
                keys = AgeKeyFile.load(file, passphrase);
                stamp = now;
                faults.over();
                LOG.info(
                        "the age keys have changed: {} are published",
                        published().size());
            }
        } catch (IOException e) {
            faults.occurred(RepeatedFaults.kindOf(String.valueOf(e.getMessage())))
                    .ifPresent(repeats -> LOG.error(
                            "the changed age keys cannot be used, the previous ones stay in force: {}{}",
                            e.getMessage(),
                            repeats));
        }
        opening = keys.opening(clock.instant());
        return !before.equals(published());
    }
}
