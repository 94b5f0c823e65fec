package io.saddlebag.hq.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.hq.routing.Topology.SiteLimits;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteStartException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class TopologyReaderTest {
    static final String GOOD = """
            exchanges: [labs]
            queues:
              - {name: ca_rc_queue, site: CA-RC}
              - {name: ny_rc_queue, site: NY-RC}
            bindings:
              - {exchange: labs, routing_key: ca_rc, queue: ca_rc_queue}
              - {exchange: labs, routing_key: ny_rc, queue: ny_rc_queue}
              - {exchange: labs, routing_key: all, queue: ca_rc_queue}
              - {exchange: labs, routing_key: all, queue: ny_rc_queue}
            sites:
              - {id: FL-LAB, publish: [labs]}
              - {id: CA-RC, consume: [ca_rc_queue]}
              - {id: NY-RC, consume: [ny_rc_queue]}
            """;

    @Test
    void readsExchangesQueuesBindingsAndPermissions() throws Exception {
        Topology topology = TopologyReader.read("topology.yaml", GOOD);
        assertThat(topology.hasExchange("labs")).isTrue();
        assertThat(topology.queuesOf("labs", "all")).isEqualTo(List.of("ca_rc_queue", "ny_rc_queue"));
        assertThat(topology.queuesOf("labs", "other")).isEmpty();
        assertThat(topology.mayPublish(SiteId.of("FL-LAB"), "labs")).isTrue();
        assertThat(topology.mayPublish(SiteId.of("CA-RC"), "labs")).isFalse();
        assertThat(topology.mayConsume(SiteId.of("CA-RC"), "ca_rc_queue")).isTrue();
        assertThat(topology.mayConsume(SiteId.of("CA-RC"), "ny_rc_queue")).isFalse();
        assertThat(topology.mayConsume(SiteId.of("XX-RC"), "ny_rc_queue")).isFalse();
        assertThat(topology.receives(SiteId.of("FL-LAB"))).isFalse();
    }

    @Test
    void namesTheLineOfAnUndeclaredQueue() {
        assertFault(GOOD.replace("routing_key: ny_rc, queue: ny_rc_queue", "routing_key: ny_rc, queue: nyrc"))
                .hasMessageContaining("topology.yaml:7:")
                .hasMessageContaining("'nyrc'")
                .hasMessageContaining("ny_rc_queue");
    }

    @Test
    void namesTheLineOfAnUnknownField() {
        assertFault(GOOD.replace("{id: FL-LAB, publish:", "{id: FL-LAB, publsh:"))
                .hasMessageContaining("topology.yaml:11:")
                .hasMessageContaining("'publsh'");
    }

    @Test
    void namesTheLineOfAMissingField() {
        assertFault(GOOD.replace("{name: ca_rc_queue, site: CA-RC}", "{name: ca_rc_queue}"))
                .hasMessageContaining("topology.yaml:3: expected site");
    }

    @Test
    void namesTheLineOfASiteIdThatIsNone() {
        assertFault(GOOD.replace("id: FL-LAB", "id: fl lab")).hasMessageContaining("topology.yaml:11:");
    }

    @Test
    void refusesASiteThatConsumesAnothersQueue() {
        assertFault(GOOD.replace("consume: [ny_rc_queue]", "consume: [ny_rc_queue, ca_rc_queue]"))
                .hasMessageContaining("topology.yaml:13:")
                .hasMessageContaining("ca_rc_queue of CA-RC");
    }

    @Test
    void refusesAQueueThatNobodyConsumes() {
        assertFault(GOOD.replace("  - {id: NY-RC, consume: [ny_rc_queue]}\n", ""))
                .hasMessageContaining("{id: NY-RC, consume: [ny_rc_queue]}");
    }

    @Test
    void refusesTheSameNameTwice() {
        assertFault(GOOD.replace("exchanges: [labs]", "exchanges: [labs, labs]"))
                .hasMessageContaining("topology.yaml:1:");
        assertFault(GOOD + "  - {id: FL-LAB, publish: [labs]}\n").hasMessageContaining("topology.yaml:14:");
    }

    @Test
    void namesTheLineOfBrokenYaml() {
        assertFault(GOOD.replace("exchanges: [labs]", "exchanges: [labs"))
                .hasMessageContaining("topology.yaml:2: expected YAML");
    }

    @Test
    void refusesAnEmptyFileAndAListAtTheTop() {
        assertFault("").hasMessageContaining("topology.yaml:1:");
        assertFault("- labs").hasMessageContaining("topology.yaml:1:");
    }

    @Test
    void readsWhatCountsForAQueue() throws Exception {
        Topology topology = TopologyReader.read(
                "topology.yaml",
                GOOD.replace(
                        "site: CA-RC}",
                        "site: CA-RC, ordered: true, ttl: 30d, delivery_limit: 7, redelivery_delay: 2s,"
                                + " redelivery_max: 1h, max_messages: 1000, max_bytes: 5GiB}"));
        assertThat(topology.rules().get("ca_rc_queue"))
                .isEqualTo(new QueueRules(
                        true, Duration.ofDays(30), 7, Duration.ofSeconds(2), Duration.ofHours(1), 1000, 5L << 30));
        assertThat(topology.rules().get("ny_rc_queue")).isEqualTo(QueueRules.DEFAULT);
    }

    @Test
    void readsWhatASiteMayHaveOverAllItsConnections() throws Exception {
        Topology topology = TopologyReader.read(
                "topology.yaml",
                GOOD.replace("{id: FL-LAB, ", "{id: FL-LAB, rate: 200, connections: 4, in_flight_bytes: 16MiB, "));
        assertThat(topology.limitsOf(SiteId.of("FL-LAB"))).isEqualTo(new SiteLimits(200, 4, 16L << 20));
        assertThat(topology.limitsOf(SiteId.of("CA-RC"))).isEqualTo(SiteLimits.NONE);
        assertFault(GOOD.replace("{id: FL-LAB, ", "{id: FL-LAB, rate: fast, "))
                .hasMessageContaining("topology.yaml:11: expected for rate a whole number")
                .hasMessageContaining("'fast'");
    }

    @Test
    void namesTheLineOfARuleThatCannotBeMeant() {
        assertFault(GOOD.replace("site: NY-RC}", "site: NY-RC, ttl: soon}"))
                .hasMessageContaining("topology.yaml:4: expected for ttl a time such as")
                .hasMessageContaining("'soon'");
        assertFault(GOOD.replace("site: NY-RC}", "site: NY-RC, ttl: 0s}")).hasMessageContaining("longer than 0");
        assertFault(GOOD.replace("site: NY-RC}", "site: NY-RC, ordered: maybe}"))
                .hasMessageContaining("topology.yaml:4: expected for ordered true or false");
        assertFault(GOOD.replace("site: NY-RC}", "site: NY-RC, delivery_limit: -1}"))
                .hasMessageContaining("topology.yaml:4: expected for delivery_limit");
        assertFault(GOOD.replace("site: NY-RC}", "site: NY-RC, redelivery_delay: 2h, redelivery_max: 1h}"))
                .hasMessageContaining("topology.yaml:4: expected redelivery_max to be redelivery_delay or longer");
    }

    @Test
    void reportsAllFaultsTogether() {
        assertFault(GOOD.replace("site: CA-RC", "site: ca").replace("publish: [labs]", "publish: [lab]"))
                .hasMessageContaining("topology.yaml:3:")
                .hasMessageContaining("topology.yaml:11:");
    }

    private static org.assertj.core.api.AbstractThrowableAssert<?, ?> assertFault(String text) {
        return assertThatThrownBy(() -> TopologyReader.read("topology.yaml", text))
                .isInstanceOf(SiteStartException.class);
    }
}
