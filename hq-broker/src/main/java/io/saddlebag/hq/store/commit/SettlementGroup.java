package io.saddlebag.hq.store.commit;

import io.saddlebag.hq.store.Settlement;
import io.saddlebag.hq.store.Settlement.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The settlements of one transaction, of which each delivery has one: the first of its ends, or else the last that gave it
 * back.
 *
 * @param acknowledged one delivery may be among them twice
 * @param others each delivery once, and none of those above
 * @param superseded the ends that came after another end of the same delivery
 */
public record SettlementGroup(List<Settlement> acknowledged, List<Settlement> others, List<Settlement> superseded) {
    public static SettlementGroup of(List<Settlement> settlements) {
        if (settlements.stream().allMatch(each -> each.outcome() == Outcome.ACKNOWLEDGED)) {
            return new SettlementGroup(settlements, List.of(), List.of());
        }
        Map<Settlement.Key, Settlement> chosen = new LinkedHashMap<>();
        List<Settlement> superseded = new ArrayList<>();
        for (Settlement each : settlements) {
            Settlement before = chosen.get(each.key());
            if (before == null || before.outcome() == Outcome.RETURNED) {
                chosen.put(each.key(), each);
            } else if (each.outcome() != Outcome.RETURNED && each.outcome() != before.outcome()) {
                superseded.add(each);
            }
        }
        List<Settlement> acknowledged = new ArrayList<>();
        List<Settlement> others = new ArrayList<>();
        chosen.values().forEach(each -> (each.outcome() == Outcome.ACKNOWLEDGED ? acknowledged : others).add(each));
        return new SettlementGroup(acknowledged, others, superseded);
    }

    public List<Settlement> all() {
        List<Settlement> all = new ArrayList<>(acknowledged);
        all.addAll(others);
        return all;
    }
}
