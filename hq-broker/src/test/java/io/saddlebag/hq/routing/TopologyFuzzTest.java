package io.saddlebag.hq.routing;

import io.saddlebag.site.SiteStartException;
import io.saddlebag.testing.FuzzTarget;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Topologies, as operators write them. */
class TopologyFuzzTest extends FuzzTarget {
    private static final String SEED = """
            # anchors and quotes
            exchanges: &e [labs, "more"]
            queues: []
            bindings: []
            sites: [{id: FL-LAB, publish: *e}]
            """;

    @Override
    public List<byte[]> seeds() {
        return List.of("""
                exchanges: [labs]
                queues:
                  - {name: q, site: CA-RC, ordered: true, ttl: 30d, delivery_limit: 5, max_bytes: 1GiB}
                bindings:
                  - {exchange: labs, routing_key: ca_rc, queue: q}
                sites:
                  - {id: FL-LAB, publish: [labs], rate: 100, connections: 4}
                  - {id: CA-RC, consume: [q], in_flight_bytes: 1MiB}
                """.getBytes(StandardCharsets.UTF_8), SEED.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public boolean read(byte[] input) {
        try {
            TopologyReader.read("topology.yaml", new String(input, StandardCharsets.UTF_8));
            return true;
        } catch (SiteStartException e) {
            return false;
        }
    }
}
