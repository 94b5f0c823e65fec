package io.saddlebag.rc.keys;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.dsse.Envelope;
import io.saddlebag.message.Json;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.rc.records.RcJournal;
import io.saddlebag.seal.AgeIdentity;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReceivingKeysTest {
    private static final Sha256 NETWORK = Sha256.of(new byte[] {1});
    private static final Instant NOW = Instant.parse("2025-10-08T10:00:00Z");
    private static final byte[] CERTIFICATE = {1};
    private static final Duration LIFETIME = Duration.ofDays(730);

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
        assertThat(keys.signed()).isEmpty();
        KeyBundle bundle = keep(keys);

        assertThat(bundle.version()).isEqualTo(1);
        assertThat(bundle.previous()).isNull();
        assertThat(bundle.current(NOW, false).recipient()).isEqualTo(first.recipient());
        assertThat(keys(NOW.plus(Duration.ofDays(600)), first).signed()).isPresent();
    }

    @Test
    void putsTheFirstKeyOfTheFileBeforeTheOlderOnes() throws Exception {
        KeyBundle before = keep(keys(NOW, first));
        ReceivingKeys changed = keys(NOW.plusSeconds(60), second, first);
        assertThat(changed.signed()).isEmpty();
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

        Instant late = NOW.plus(LIFETIME).minus(Duration.ofDays(30));
        ReceivingKeys keys = keys(late, hybrid, first, olderHybrid);
        assertThat(keys.signed()).isEmpty();
        KeyBundle bundle = keep(keys);

        assertThat(bundle.keys().get(0).notAfter()).isEqualTo(late.plus(LIFETIME));
        assertThat(bundle.keys().get(1).notAfter()).isEqualTo(late.plus(LIFETIME));
        assertThat(bundle.keys().get(2)).isEqualTo(before.keys().get(2));
        assertThat(keys.signed()).isPresent();
        assertThat(keys(late, first).signed()).isEmpty();
    }

    @Test
    void renewsTheTermBeforeItEnds() throws Exception {
        KeyBundle before = keep(keys(NOW, first));
        Instant late = NOW.plus(LIFETIME).minus(Duration.ofDays(30));
        ReceivingKeys keys = keys(late, first);
        assertThat(keys.signed()).isEmpty();
        KeyBundle bundle = keep(keys);

        assertThat(bundle.version()).isEqualTo(2);
        assertThat(bundle.keys().get(0).keyId()).isEqualTo(before.keys().get(0).keyId());
        assertThat(bundle.keys().get(0).notAfter()).isEqualTo(late.plus(LIFETIME));
        assertThat(keys.signed()).isPresent();
    }

    @Test
    void signsAnewUnderAnotherCertificate() throws Exception {
        KeyBundle before = keep(keys(NOW, first));
        ReceivingKeys keys = keys(NOW.plusSeconds(60), new byte[] {2}, first);
        assertThat(keys.signed()).isEmpty();
        KeyBundle bundle = keys.next();

        assertThat(bundle.version()).isEqualTo(2);
        assertThat(bundle.previous()).isEqualTo(Sha256.of(Json.write(before)));
        assertThat(bundle.keys().get(0).keyId()).isEqualTo(before.keys().get(0).keyId());
        assertThat(bundle.keys().get(0).recipient()).isEqualTo(first.recipient());
        keep(bundle, new byte[] {2});
        assertThat(keys.signed()).isPresent();
    }

    @Test
    void goesOnFromALaterBundleOfItsOwn() throws Exception {
        KeyBundle held = bundle(SiteId.of("CA-RC"), 7);
        ReceivingKeys keys = keys(NOW, first);
        keep(keys);

        assertThat(keys.adopt(Json.write(held), new byte[] {7})).isTrue();
        assertThat(keys.adopt(Json.write(held), new byte[] {7})).isFalse();
        assertThat(keys.next().version()).isEqualTo(8);
        assertThat(keys.next().previous()).isEqualTo(Sha256.of(Json.write(held)));
    }

    @Test
    void adoptsNoEarlierBundleAndNobodyElses() throws Exception {
        ReceivingKeys keys = keys(NOW, first);
        keep(keys);
        keep(keys(NOW, second, first));

        assertThat(keys.adopt(Json.write(bundle(SiteId.of("CA-RC"), 1)), new byte[] {1}))
                .isFalse();
        assertThat(keys.adopt(Json.write(bundle(SiteId.of("NY-RC"), 9)), new byte[] {9}))
                .isFalse();
    }

    private static KeyBundle bundle(SiteId site, long version) {
        return new KeyBundle(
                NETWORK,
                site,
                version,
                version == 1 ? null : Sha256.of(new byte[] {2}),
                List.of(new KeyBundle.Key(
                        "k", AgeIdentity.generate().recipient(), NOW.minusSeconds(9), NOW.plus(LIFETIME))));
    }

    private ReceivingKeys keys(Instant now, AgeIdentity... identities) {
        return keys(now, CERTIFICATE, identities);
    }

    private ReceivingKeys keys(Instant now, byte[] certificate, AgeIdentity... identities) {
        Clock clock = Clock.fixed(now, ZoneOffset.UTC);
        return new ReceivingKeys(
                SiteId.of("CA-RC"), NETWORK, Sha256.of(certificate), List.of(identities), journal, LIFETIME, clock);
    }

    private KeyBundle keep(ReceivingKeys keys) {
        KeyBundle bundle = keys.next();
        keep(bundle, CERTIFICATE);
        return bundle;
    }

    private void keep(KeyBundle bundle, byte[] certificate) {
        byte[] signature = new byte[Envelope.SIGNATURE_LENGTH];
        byte[] json = Json.write(bundle);
        Envelope envelope = new Envelope(KeyBundle.TYPE, json, NETWORK, signature, certificate);
        journal.keep(new RcJournal.SignedBundle(bundle.version(), json, envelope.write()));
    }
}
