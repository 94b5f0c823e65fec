package io.saddlebag.cli.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FaultPlanTest {
    @Test
    void isTheSameForTheSameSeedAndAnotherForAnother() {
        assertThat(FaultPlan.of(7, 10, 4, 500, Map.of())).isEqualTo(FaultPlan.of(7, 10, 4, 500, Map.of()));
        assertThat(FaultPlan.of(7, 10, 4, 500, Map.of())).isNotEqualTo(FaultPlan.of(8, 10, 4, 500, Map.of()));
    }

    @Test
    void hasSoManyOfEachKindAndSpreadsTheFilesOverAll() {
        List<Fault> plan = FaultPlan.of(7, 10, 4, 500, Map.of());

        for (FaultKind kind : FaultKind.values()) {
            assertThat(plan.stream().filter(fault -> fault.kind() == kind))
                    .as(kind.text())
                    .hasSize(kind.isKill() ? 10 : 4);
        }
        assertThat(plan.stream().mapToInt(Fault::files).sum()).isEqualTo(500);
        assertThat(plan).allSatisfy(fault -> assertThat(fault.files()).isBetween(6, 7));
        assertThat(plan).allSatisfy(fault -> assertThat(fault.millis())
                .isLessThanOrEqualTo(fault.kind().longestMillis()));
    }

    @Test
    void leavesOutWhatTheMachineDoesNotAllow() {
        assertThat(FaultPlan.of(7, 10, 4, 500, Map.of(FaultKind.DISK_FULL, "no mount")))
                .hasSize(40 + 7 * 4)
                .noneMatch(fault -> fault.kind() == FaultKind.DISK_FULL);
    }
}
