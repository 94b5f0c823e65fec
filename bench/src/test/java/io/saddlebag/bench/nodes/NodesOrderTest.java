package io.saddlebag.bench.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodesOrderTest {
    private static List<NodeFault> plan(int rounds, long seed) {
        return new NodesRun.Order(rounds, 2, seed, EnumSet.allOf(NodeFault.class)).plan();
    }

    @Test
    void sharesTheRoundsEvenlyInAnOrderOfTheSeedsOwn() {
        assertThat(plan(9, 1)).containsExactlyInAnyOrder(NodeFault.values());
        assertThat(plan(27, 1)).isEqualTo(plan(27, 1)).isNotEqualTo(plan(27, 2));
    }
}
