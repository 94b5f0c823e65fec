package io.saddlebag.hq.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.hq.store.Publication.Target;
import io.saddlebag.message.Priority;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.SiteId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RouterTest {
    private static final SiteId CA = SiteId.of("CA-RC");
    private static final SiteId NY = SiteId.of("NY-RC");

    @TempDir
    Path folder;

    private Router router;

    @BeforeEach
    void read() throws Exception {
        router = new Router(
                new LiveTopology(Files.writeString(folder.resolve("topology.yaml"), TopologyReaderTest.GOOD)));
    }

    @Test
    void leadsEachRoutingKeyToItsQueue() {
        assertThat(router.route("labs", List.of("ca_rc", "ny_rc"), List.of(NY, CA), Priority.NORMAL))
                .containsExactly(new Target(CA, "ca_rc_queue", "ca_rc"), new Target(NY, "ny_rc_queue", "ny_rc"));
    }

    @Test
    void countsAQueueOnceWhenTwoKeysLeadToIt() {
        assertThat(router.route("labs", List.of("ca_rc", "all"), List.of(NY, CA), Priority.NORMAL))
                .containsExactly(new Target(CA, "ca_rc_queue", "ca_rc"), new Target(NY, "ny_rc_queue", "all"));
    }

    @Test
    void refusesARoutingKeyThatIsBoundNowhere() {
        assertRefused(List.of("ca_rc", "tx_rc"), List.of(CA), Code.UNKNOWN_DESTINATION);
    }

    @Test
    void refusesAQueueWhoseSiteIsNoRecipient() {
        assertRefused(List.of("ca_rc", "ny_rc"), List.of(CA), Code.ROUTING_MISMATCH);
    }

    @Test
    void refusesARecipientThatGetsNoQueue() {
        assertRefused(List.of("ca_rc"), List.of(CA, NY), Code.ROUTING_MISMATCH);
    }

    private void assertRefused(List<String> keys, List<SiteId> recipients, Code code) {
        assertThatThrownBy(() -> router.route("labs", keys, recipients, Priority.NORMAL))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
    }
}
