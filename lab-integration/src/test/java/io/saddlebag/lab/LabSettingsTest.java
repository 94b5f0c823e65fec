package io.saddlebag.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.message.SiteId;
import io.saddlebag.site.LinkedSiteSettings;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.stomp.client.LinkOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

    private LinkOptions link(String where) throws Exception {
        Files.writeString(folder.resolve("application.properties"), "site.id=FL-LAB\n" + where);
        return LinkedSiteSettings.link(Settings.load(new SiteHome(folder), LabSettings.ALL, Map.of()));
    }

    @Test
    void readsWhereHeadquartersListensInEitherWay() throws Exception {
        assertThat(link("hq.host=::1\nhq.port=7\n").place()).isEqualTo("[::1]:7");
        assertThat(link("hq.addresses = hq1:7, [::1]:8\n").place()).isEqualTo("hq1:7, [::1]:8");
    }

    @ParameterizedTest
    @CsvSource({
        "'hq.addresses=hq1:7\nhq.host=hq1\n', 'expected hq.addresses or hq.host, found both. Remove one of them'",
        "'hq.addresses=hq1:7\nhq.port=7\n', 'expected hq.addresses or hq.port, found both. Remove one of them'",
        "'hq.host=hq1\n', 'expected hq.port (a port from 0 to 65535), found nothing. Add the line hq.port='",
        "'', 'Several go into hq.addresses.'",
        "'hq.addresses=hq1:7,hq2\n', '2: expected for hq.addresses addresses with ports, each once, such as'",
        "'hq.addresses=\n', '2: expected for hq.addresses addresses with ports, each once, such as'"
    })
    void refusesBothWaysNeitherAndAListThatIsNone(String where, String fault) {
        assertThatThrownBy(() -> link(where.replace("\\n", "\n")))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining(fault);
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
