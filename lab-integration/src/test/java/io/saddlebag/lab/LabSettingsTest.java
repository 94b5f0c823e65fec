package io.saddlebag.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.message.SiteId;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabSettingsTest {
    @TempDir
    private Path folder;

    private SiteHome home(String lines) throws IOException {
        Files.writeString(
                folder.resolve("application.properties"),
                "site.id=FL-LAB\nhq.host=127.0.0.1\nhq.port=1\nrecipient.CA-RC=ca_rc\nrecipient.SF-RC=sf_rc\n" + lines);
        return new SiteHome(folder);
    }

    private Settings settings(String lines) throws Exception {
        return Settings.load(home(lines), LabSettings.ALL, Map.of());
    }

    @Test
    void takesARecipientThatSignsNoReceiptsForNoRoutingKey() throws Exception {
        Settings settings = settings("recipient.SF-RC.receipts=none\n");

        assertThat(LabSettings.withoutReceipts(settings)).isEqualTo(Set.of(SiteId.of("SF-RC")));
        assertThat(LabSettings.recipients(settings))
                .isEqualTo(Map.of(SiteId.of("CA-RC"), "ca_rc", SiteId.of("SF-RC"), "sf_rc"));
        assertThat(LabSettings.withoutReceipts(settings(""))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"recipient.SF-RC.receipts=some", "recipient.NY-RC.receipts=none", "recipient.X.receipts=none"})
    void refusesToExemptAnybodyElseOrInOtherWords(String line) throws Exception {
        Settings settings = settings(line);

        assertThatThrownBy(() -> LabSettings.withoutReceipts(settings))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContainingAll(
                        "recipient.*.receipts", "the value none", line.substring(line.indexOf('=') + 1));
    }

    @Test
    void readsHowLongAReceiptMayBeLackingForAnAudit() throws Exception {
        assertThat(LabSettings.proofWithin(home(""))).isEqualTo(Duration.ofHours(24));
        assertThat(LabSettings.proofWithin(home("receipts.proof-within=2d\nno.such=x\n")))
                .isEqualTo(Duration.ofDays(2));
        SiteHome wrong = home("receipts.proof-within=soon\n");
        assertThatThrownBy(() -> LabSettings.proofWithin(wrong))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("found 'soon'");
    }
}
