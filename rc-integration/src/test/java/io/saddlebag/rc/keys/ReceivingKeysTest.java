package io.saddlebag.rc.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.dsse.BundleMark;
import io.saddlebag.dsse.VerifiedBundle;
import io.saddlebag.message.Json;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.rc.records.RcJournal;
import io.saddlebag.seal.AgeIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReceivingKeysTest {
    private static final Sha256 NETWORK = Sha256.of(new byte[] {1});
    private static final Instant NOW = Instant.parse("2025-10-08T10:00:00Z");
    private static final long EPOCH = 1_750_000_000;
    private static final Duration LIFETIME = KeyBundle.MAX_TERM;

    @TempDir
    private Path folder;

    private final AgeIdentity first = AgeIdentity.generate();
    private final AgeIdentity second = AgeIdentity.generate();
    private RcJournal journal;

    @BeforeEach
    void open() throws Exception {
        journal = RcJournal.open(folder.resolve("rc.db"));
    }

    @AfterEach
    void close() throws Exception {
        journal.close();
    }

    @Test
    void beginsWithVersionOneAndKeepsItWhileItIsSo() throws Exception {
        ReceivingKeys keys = keys(NOW, first);
        assertThat(keys.signed(EPOCH)).isEmpty();
        KeyBundle bundle = keep(keys);

        assertThat(bundle.version()).isEqualTo(1);
        assertThat(bundle.previous()).isNull();
        assertThat(bundle.current(NOW, false).recipient()).isEqualTo(first.recipient());
        assertThat(bundle.issued()).isEqualTo(NOW);
        assertThat(keys(NOW.plus(Duration.ofHours(23)), first).signed(EPOCH)).isPresent();
    }

    @Test
    void issuesABundleADayWithTheSameKeyAndTerm() throws Exception {
        KeyBundle before = keep(keys(NOW, first));
        ReceivingKeys keys = keys(NOW.plus(Duration.ofDays(1)), first);
        assertThat(keys.signed(EPOCH)).isEmpty();
        KeyBundle bundle = keep(keys);

        assertThat(bundle.version()).isEqualTo(2);
        assertThat(bundle.previous()).isEqualTo(Sha256.of(Json.write(before)));
        assertThat(bundle.issued()).isEqualTo(NOW.plus(Duration.ofDays(1)));
        assertThat(bundle.keys()).isEqualTo(before.keys());
    }

    @Test
    void putsTheFirstKeyOfTheFileBeforeTheOlderOnes() throws Exception {
        KeyBundle before = keep(keys(NOW, first));
        ReceivingKeys changed = keys(NOW.plusSeconds(60), second, first);
        assertThat(changed.signed(EPOCH)).isEmpty();
        KeyBundle bundle = keep(changed);

        assertThat(bundle.version()).isEqualTo(2);
        assertThat(bundle.previous()).isEqualTo(Sha256.of(Json.write(before)));
        assertThat(bundle.current(NOW.plusSeconds(60), false).recipient()).isEqualTo(second.recipient());
        assertThat(bundle.keys().get(1)).isEqualTo(before.keys().get(0));
        assertThat(bundle.keys()).extracting(KeyBundle.Key::keyId).doesNotHaveDuplicates();
    }

    @Test
    void takesTheFirstOfSeveralNewKeysForTheNewest() throws Exception {
        KeyBundle bundle = keep(keys(NOW, second, first));

        assertThat(bundle.current(NOW, false).recipient()).isEqualTo(second.recipient());
    }

    @Test
    void publishesAndRenewsTheNewestKeyOfEachKind() throws Exception {
        AgeIdentity hybrid = AgeIdentity.generatePostQuantum();
        AgeIdentity olderHybrid = AgeIdentity.generatePostQuantum();
        KeyBundle before = keep(keys(NOW, hybrid, first, olderHybrid));
        assertThat(before.current(NOW, true).recipient()).isEqualTo(hybrid.recipient());
        assertThat(before.current(NOW, false).recipient()).isEqualTo(first.recipient());

        Instant late = NOW.plus(LIFETIME).minus(Duration.ofDays(22));
        ReceivingKeys keys = keys(late, hybrid, first, olderHybrid);
        assertThat(keys.signed(EPOCH)).isEmpty();
        KeyBundle bundle = keep(keys);

        Instant until = late.plus(LIFETIME).minus(Duration.ofHours(1));
        assertThat(bundle.keys().get(0).notAfter()).isEqualTo(until);
        assertThat(bundle.keys().get(1).notAfter()).isEqualTo(until.minusSeconds(1));
        assertThat(bundle.keys().get(2)).isEqualTo(before.keys().get(2));
        assertThat(keys.signed(EPOCH)).isPresent();
        assertThat(keys(late, first).signed(EPOCH)).isEmpty();
    }

    @Test
    void renewsTheTermBeforeItEnds() throws Exception {
        KeyBundle before = keep(keys(NOW, first));
        Instant late = NOW.plus(LIFETIME).minus(Duration.ofDays(22));
        ReceivingKeys keys = keys(late, first);
        assertThat(keys.signed(EPOCH)).isEmpty();
        KeyBundle bundle = keep(keys);

        assertThat(bundle.version()).isEqualTo(2);
        assertThat(bundle.keys().get(0).keyId()).isEqualTo(before.keys().get(0).keyId());
        assertThat(bundle.keys().get(0).notAfter())
                .isEqualTo(late.plus(LIFETIME).minus(Duration.ofHours(1)));
        assertThat(keys.signed(EPOCH)).isPresent();
    }

    @Test
    void signsAnewUnderAnotherCertificate() throws Exception {
        KeyBundle before = keep(keys(NOW, first));
        ReceivingKeys keys = keys(NOW.plusSeconds(60), first);
        assertThat(keys.signed(EPOCH + 9)).isEmpty();
        KeyBundle bundle = keys.next(EPOCH + 9);

        assertThat(bundle.version()).isEqualTo(1);
        assertThat(bundle.previous()).isNull();
        assertThat(bundle.keys().get(0).keyId()).isEqualTo(before.keys().get(0).keyId());
        assertThat(bundle.keys().get(0).recipient()).isEqualTo(first.recipient());
        keys.keep(EPOCH + 9, Json.write(bundle), new byte[] {7});
        assertThat(keys.signed(EPOCH + 9)).isPresent();
    }

    @Test
    void goesOnFromALaterBundleOfItsOwn() throws Exception {
        KeyBundle held = bundle(7);
        ReceivingKeys keys = keys(NOW, first);
        keep(keys);

        assertThat(adopt(keys, held, EPOCH)).isTrue();
        assertThat(adopt(keys, held, EPOCH)).isFalse();
        assertThat(keys.next(EPOCH).version()).isEqualTo(8);
        assertThat(keys.next(EPOCH).previous()).isEqualTo(Sha256.of(Json.write(held)));
    }

    @Test
    void adoptsNoEarlierBundle() throws Exception {
        ReceivingKeys keys = keys(NOW, first);
        keep(keys);
        keep(keys(NOW, second, first));

        assertThat(adopt(keys, bundle(1), EPOCH)).isFalse();
        assertThat(adopt(keys, bundle(9), EPOCH - 1)).isFalse();
    }

    @Test
    void refusesABundleThatUsesUpTheNumbersAndOneUnderANewerCertificate() throws Exception {
        ReceivingKeys keys = keys(NOW, first);

        assertRefused(Refusal.Code.TOO_LARGE, () -> adopt(keys, bundle(Long.MAX_VALUE), EPOCH));
        assertRefused(Refusal.Code.CONFLICT, () -> adopt(keys, bundle(2), EPOCH + 1));
        assertThat(journal.newestBundle()).isEmpty();
    }

    @Test
    void beginsAnewUnderANewCertificateAfterAllWasLost() throws Exception {
        KeyBundle before = keep(keys(NOW, first));
        ReceivingKeys keys = keys(NOW, second);

        assertThat(adopt(keys, before, EPOCH, EPOCH + 1)).isFalse();
        assertThat(keys.next(EPOCH + 1).version()).isEqualTo(1);
        assertThat(keys.next(EPOCH + 1).current(NOW, false).recipient()).isEqualTo(second.recipient());
    }

    private static void assertRefused(Refusal.Code code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(Refusal.class, refusal -> assertThat(refusal.code())
                .isEqualTo(code));
    }

    private static boolean adopt(ReceivingKeys keys, KeyBundle held, long epoch) {
        return adopt(keys, held, epoch, EPOCH);
    }

    private static boolean adopt(ReceivingKeys keys, KeyBundle held, long epoch, long own) {
        byte[] json = Json.write(held);
        BundleMark mark = new BundleMark(epoch, held.version(), Sha256.of(json));
        return keys.adopt(new VerifiedBundle(held, held.siteId(), mark), json, new byte[] {7}, own);
    }

    private static KeyBundle bundle(long version) {
        return new KeyBundle(
                NETWORK,
                SiteId.of("CA-RC"),
                version,
                version == 1 ? null : Sha256.of(new byte[] {2}),
                NOW,
                List.of(new KeyBundle.Key(
                        "k", AgeIdentity.generate().recipient(), NOW.minusSeconds(9), NOW.plusSeconds(9))));
    }

    private ReceivingKeys keys(Instant now, AgeIdentity... identities) throws IOException {
        Clock clock = Clock.fixed(now, ZoneOffset.UTC);
        return new ReceivingKeys(
                SiteId.of("CA-RC"),
                NETWORK,
                OpeningKeys.load(keyFile(identities), () -> null, clock),
                journal,
                LIFETIME,
                clock);
    }

    private Path keyFile(AgeIdentity... identities) throws IOException {
        Path file = folder.resolve("age.key");
        Files.deleteIfExists(file);
        StringBuilder all = new StringBuilder();
        for (AgeIdentity identity : identities) {
            identity.write(file);
            all.append(Files.readString(file));
            Files.delete(file);
        }
        identities[0].write(file);
        Files.writeString(file, all);
        return file;
    }

    private static KeyBundle keep(ReceivingKeys keys) {
        KeyBundle bundle = keys.next(EPOCH);
        keys.keep(EPOCH, Json.write(bundle), new byte[] {7});
        return bundle;
    }
}
