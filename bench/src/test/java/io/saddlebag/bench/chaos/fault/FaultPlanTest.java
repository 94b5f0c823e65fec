package io.saddlebag.bench.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.bench.chaos.fault.FaultPlan.Fault;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FaultPlanTest {
    private static FaultPlan.Order order(long seed) {
        return new FaultPlan.Order(40, 500, seed, EnumSet.allOf(FaultKind.class));
    }

    @Test
    void isTheSameForTheSameSeedAndAnotherForAnother() {
        assertThat(FaultPlan.of(order(7), Map.of())).isEqualTo(FaultPlan.of(order(7), Map.of()));
        assertThat(FaultPlan.of(order(7), Map.of())).isNotEqualTo(FaultPlan.of(order(8), Map.of()));
    }

    @Test
    void hasSoManyOfEachKindAndSpreadsTheFilesOverAll() {
        List<Fault> plan = FaultPlan.of(order(7), Map.of());

        for (FaultKind kind : FaultKind.values()) {
            assertThat(plan.stream().filter(fault -> fault.kind() == kind))
                    .as(kind.text())
                    .hasSize(kind.isKill() ? 10 : kind.isOfBorder() ? 2 : 4);
        }
        assertThat(plan.stream().mapToInt(Fault::files).sum()).isEqualTo(500);
        assertThat(plan).allSatisfy(fault -> assertThat(fault.files()).isBetween(5, 6));
        assertThat(plan).allSatisfy(fault -> assertThat(fault.millis())
                .isLessThanOrEqualTo(fault.kind().longestMillis()));
    }

    @Test
    void leavesOutWhatTheMachineDoesNotAllow() {
        assertThat(FaultPlan.of(order(7), Map.of(FaultKind.DISK_FULL, "no mount")))
                .hasSize(40 + 7 * 4 + 8 * 2)
                .noneMatch(fault -> fault.kind() == FaultKind.DISK_FULL);
    }

    @Test
    void hasTheKindsThatAreAskedForAndNoOther() {
        FaultPlan.Order order = new FaultPlan.Order(40, 500, 7, EnumSet.of(FaultKind.RESTORE, FaultKind.FLIP_SPOOL));

        assertThat(FaultPlan.of(order, Map.of()))
                .hasSize(4)
                .extracting(Fault::kind)
                .containsOnly(FaultKind.RESTORE, FaultKind.FLIP_SPOOL);
    }

    @Test
    void takesEachDiskAwayInItsTurn() {
        FaultPlan.Order order =
                new FaultPlan.Order(4 * 6 * DiskPlace.values().length, 500, 7, EnumSet.of(FaultKind.DISK_ABSENT));

        assertThat(FaultPlan.of(order, Map.of()))
                .allSatisfy(fault -> assertThat(fault.target()).isEqualTo(DiskPlace.values()[fault.variant()].target()))
                .extracting(Fault::variant)
                .containsExactly(0, 1, 2, 3, 4, 5, 6);
    }
}
