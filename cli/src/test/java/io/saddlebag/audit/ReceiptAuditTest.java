package io.saddlebag.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.lab.receipts.SentReceipts;
import io.saddlebag.message.Json;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.ReceiptSecret;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteHome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A headquarters that leaves receipts out. */
class ReceiptAuditTest {
    private static final MessageId ID = MessageId.of("FL-LAB_DAT_20251008_001");
    private static final SiteId LAB = SiteId.of("FL-LAB");
    private static final Sha256 DIGEST = Sha256.of(new byte[] {1});
    private static final Instant NOW = Instant.parse("2025-10-10T09:00:00Z");
    private static final Duration WITHIN = Duration.ofHours(24);
    private static final String WORD = "headquarters' word";

    @TempDir
    private Path home;

    private SiteAccount account;

    @BeforeEach
    void open() throws Exception {
        Files.createDirectories(home.resolve("sent"));
        account = new SiteAccount(LAB, new SiteHome(home));
    }

    private static ClaimedFile sent(boolean receipted) {
        return new ClaimedFile(
                ID,
                ID + ".csv",
                List.of(SiteId.of("CA-RC")),
                "sent",
                DIGEST,
                null,
                DIGEST,
                null,
                NOW.toString(),
                receipted,
                null,
                null,
                null,
                false);
    }

    private void audit(boolean receipted, Map<String, ?> recipient) throws Exception {
        Files.write(
                home.resolve("sent/" + ID + SentReceipts.SUFFIX),
                Json.write(Map.of(
                        "message_id",
                        ID,
                        "sender_id",
                        LAB,
                        "manifest_sha256",
                        DIGEST,
                        "sha256",
                        DIGEST,
                        "size",
                        1,
                        "receipt_secret",
                        ReceiptSecret.of(new byte[ReceiptSecret.LENGTH]),
                        "recipients",
                        List.of(recipient))));
        new ReceiptAudit(new SiteHome(home), account, WITHIN, Clock.fixed(NOW, ZoneOffset.UTC)).check(sent(receipted));
    }

    private static Map<String, Object> word(Instant told) {
        return Map.of("receiver_client_id", "CA-RC", "state", WORD, "told_timestamp", told);
    }

    private void assertFound(String text) {
        assertThat(account.findings())
                .singleElement()
                .extracting(AuditReport.Finding::text)
                .isEqualTo(text);
    }

    @Test
    void countsAWordWhoseReceiptMayStillCome() throws Exception {
        audit(false, word(NOW.minus(WITHIN).plusSeconds(1)));

        assertThat(account.findings()).isEmpty();
        assertThat(account.counts()).containsEntry("receipts pending", 1L);
    }

    @Test
    void findsAWordWithoutAReceiptAfterItsTime() throws Exception {
        audit(false, word(NOW.minus(WITHIN)));

        assertFound("expected a signed receipt of CA-RC within 86400 s, found headquarters' word alone since"
                + " 2025-10-09T09:00:00Z");
    }

    @Test
    void takesTheWordOnARecipientThatSignsNone() throws Exception {
        audit(true, Map.of("receiver_client_id", "CA-RC", "state", WORD, "receipts", "none"));

        assertThat(account.findings()).isEmpty();
        assertThat(account.counts()).containsEntry("by headquarters' word for good", 1L);
    }

    @Test
    void countsWhatAnOperatorOfHeadquartersDiscarded() throws Exception {
        audit(true, Map.of("receiver_client_id", "CA-RC", "state", "discarded", "reason", "wrong recipients"));

        assertThat(account.findings()).isEmpty();
        assertThat(account.counts()).containsEntry("discarded by headquarters' operator", 1L);
    }

    @Test
    void findsAMessageThatHeadquartersDoesNotHave() throws Exception {
        audit(false, Map.of("receiver_client_id", "CA-RC", "state", "unknown"));

        assertFound("expected headquarters to have it for CA-RC, being sent, found that it says it has not. While a"
                + " receipt is lacking its laboratory sends it again once both run, or: saddlebag resend --home HOME "
                + ID);
    }

    @Test
    void findsAnAcknowledgementFromWhichTheReceiptWasTaken() throws Exception {
        audit(true, Map.of("receiver_client_id", "CA-RC", "state", "acknowledged"));

        assertFound("expected the signed receipt of CA-RC, being acknowledged, found none");
    }

    @Test
    void findsFewerReceiptsThanTheJournalHas() throws Exception {
        audit(true, Map.of("receiver_client_id", "CA-RC", "state", "waiting"));

        assertFound("expected every receipt in sent/" + ID + ".receipts.json, as the journal has it, found fewer");
    }
}
