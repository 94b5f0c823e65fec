package io.saddlebag.bench.chaos;

import io.saddlebag.bench.chaos.fault.Target;
import io.saddlebag.bench.load.Workload;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A file of a run, made from the seed and its number alone.
 *
 * @param isTaken whether the centres' people take it away as soon as it is there
 */
public record DroppedFile(int number, Target lab, String messageId, Sha256 sha256, int size, boolean isTaken) {
    private static final long MIX = 0x9E3779B97F4A7C15L;

    static DroppedFile of(long seed, int number) {
        byte[] content = content(seed, number);
        Target lab = Target.LABS.get(number % Target.LABS.size());
        return new DroppedFile(
                number,
                lab,
                Workload.messageId(lab.site(), number).value(),
                Sha256.of(content),
                content.length,
                random(seed, number).nextBoolean());
    }

    /** A large one of that laboratory, for a fault in the midst of its upload. */
    public static DroppedFile large(long seed, int number, Target lab, int size) {
        byte[] content = content(seed, number, size);
        return new DroppedFile(
                number, lab, Workload.messageId(lab.site(), number).value(), Sha256.of(content), size, false);
    }

    /** The bytes of the file. */
    byte[] content(long seed) {
        byte[] usual = content(seed, number);
        return usual.length == size ? usual : content(seed, number, size);
    }

    private static byte[] content(long seed, int number, int size) {
        byte[] content = new byte[size];
        random(seed, number).nextBytes(content);
        return content;
    }

    /** Mixes well: of java.util.Random the first numbers of neighbouring seeds are the same for thousands of files. */
    private static SplittableRandom random(long seed, int number) {
        return new SplittableRandom(seed * MIX + number);
    }

    /** Mostly small; one of a hundred takes several parts on the wire, some are empty. */
    static byte[] content(long seed, int number) {
        SplittableRandom random = random(seed, number);
        random.nextBoolean();
        int lot = random.nextInt(100);
        int size =
                lot < 3 ? 0 : lot < 85 ? random.nextInt(4 << 10) : lot < 99 ? random.nextInt(48 << 10) : large(random);
        byte[] content = new byte[size];
        random.nextBytes(content);
        return content;
    }

    private static int large(SplittableRandom random) {
        return (64 << 10) + random.nextInt(3 << 20);
    }

    public String fileName() {
        return messageId + ".bin";
    }

    public List<Target> recipients() {
        return lab == Target.FL_LAB ? List.of(Target.CA_RC, Target.SF_RC) : Target.CENTRES;
    }

    public SiteId sender() {
        return lab.site();
    }
}
