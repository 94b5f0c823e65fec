package io.saddlebag.observe.alert;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.saddlebag.message.Json;
import io.saddlebag.observe.SiteStatus.Alert;
import io.saddlebag.observe.alert.AlertNotice.Change;
import io.saddlebag.observe.alert.Condition.Key;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The alerts that are open, and the changes of which nobody was told yet. Guarded by its owner.
 */
final class AlertBook {
    /** A site that has just started has not looked at everything, so that no alert of an earlier run ends yet. */
    private static final Duration GRACE = Duration.ofMinutes(2);
    /** While nobody takes them. The log has them all. */
    private static final int MOST_ENDED = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(AlertBook.class);

    private final Map<Key, Entry> open = new LinkedHashMap<>();
    private final List<Entry> ended = new ArrayList<>();
    private final Map<Key, Instant> pending = new HashMap<>();
    /** Since when the state of an open alert is over. */
    private final Map<Key, Instant> over = new HashMap<>();

    private final Set<Key> ofEarlierRun = new HashSet<>();
    private final Duration after;

    /**
     * One alert.
     *
     * @param told true once its beginning was sent
     * @param ended null while it is open
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Entry(Alert alert, boolean told, Instant ended) {
        Entry {
            Objects.requireNonNull(alert.name(), "name");
            Objects.requireNonNull(alert.labels(), "labels");
            Objects.requireNonNull(alert.since(), "since");
        }

        Key key() {
            return new Key(alert.name(), alert.labels());
        }
    }

    /** The content of the file. */
    record Saved(List<Entry> open, List<Entry> ended) {
        Saved {
            open = List.copyOf(open);
            ended = List.copyOf(ended);
        }
    }

    /** @param after how long the state of an alert must be over before it ends, so that one at a limit is one alert */
    AlertBook(Duration after) {
        this.after = after;
    }

    void load(byte[] json) {
        Saved saved = Json.read(json, Saved.class);
        saved.open().forEach(entry -> open.put(entry.key(), entry));
        ended.addAll(saved.ended());
        ofEarlierRun.addAll(open.keySet());
    }

    byte[] save() {
        return Json.writeForPeople(new Saved(List.copyOf(open.values()), ended));
    }

    List<Alert> open() {
        return open.values().stream().map(Entry::alert).toList();
    }

    /** @return true when an alert began or ended */
    boolean update(List<Condition> found, Instant now) {
        Set<Key> seen = new HashSet<>();
        boolean changed = false;
        for (Condition each : found) {
            Key key = each.key();
            seen.add(key);
            ofEarlierRun.remove(key);
            Entry known = open.get(key);
            if (known != null) {
                open.put(key, new Entry(alert(each, known.alert().since()), known.told(), null));
                continue;
            }
            Instant since = each.since() != null ? each.since() : since(pending, key, now);
            if (!now.isBefore(since.plus(each.hold()))) {
                Alert alert = alert(each, since);
                open.put(key, new Entry(alert, false, null));
                LOG.warn("alert begins: {} {}: {}. {}", alert.name(), alert.labels(), alert.summary(), alert.remedy());
                changed = true;
            }
        }
        pending.keySet().retainAll(seen);
        return endOthers(seen, now) || changed;
    }

    private static Alert alert(Condition found, Instant since) {
        AlertRule rule = found.rule();
        return new Alert(rule.text(), rule.severity(), found.labels(), since, found.summary(), rule.remedy());
    }

    /** Notes the first time; a clock that was set back begins anew. */
    private static Instant since(Map<Key, Instant> times, Key key, Instant now) {
        return times.compute(key, (unused, since) -> since == null || since.isAfter(now) ? now : since);
    }

    private boolean endOthers(Set<Key> seen, Instant now) {
        boolean changed = false;
        over.keySet().removeAll(seen);
        for (Iterator<Entry> each = open.values().iterator(); each.hasNext(); ) {
            Entry entry = each.next();
            Key key = entry.key();
            if (seen.contains(key)) {
                continue;
            }
            Instant since = since(over, key, now);
            boolean isEarly = ofEarlierRun.contains(key) && now.isBefore(since.plus(GRACE));
            if (!isEarly && !now.isBefore(since.plus(after))) {
                each.remove();
                over.remove(key);
                ended.add(new Entry(entry.alert(), entry.told(), since));
                if (ended.size() > MOST_ENDED) {
                    ended.remove(0);
                }
                LOG.info(
                        "alert ends: {} {}, since {}",
                        entry.alert().name(),
                        entry.alert().labels(),
                        entry.alert().since());
                changed = true;
            }
        }
        return changed;
    }

    /** All that nobody was told yet: ends first. */
    List<Change> changes() {
        List<Change> changes = new ArrayList<>();
        for (Entry each : ended) {
            if (!each.told()) {
                changes.add(Change.of(AlertNotice.BEGINS, each.alert(), null));
            }
            changes.add(Change.of(AlertNotice.ENDS, each.alert(), each.ended()));
        }
        open.values().stream()
                .filter(each -> !each.told())
                .forEach(each -> changes.add(Change.of(AlertNotice.BEGINS, each.alert(), null)));
        return changes;
    }

    /** These changes were sent. Others may have come meanwhile. */
    void told(List<Change> sent) {
        for (Change each : sent) {
            Key key = new Key(each.name(), each.labels());
            if (each.state().equals(AlertNotice.ENDS)) {
                ended.removeIf(entry -> entry.key().equals(key) && entry.ended().equals(each.ended()));
                continue;
            }
            open.computeIfPresent(
                    key,
                    (unused, entry) ->
                            entry.alert().since().equals(each.since()) ? new Entry(entry.alert(), true, null) : entry);
            ended.replaceAll(
                    entry -> entry.key().equals(key) && entry.alert().since().equals(each.since())
                            ? new Entry(entry.alert(), true, entry.ended())
                            : entry);
        }
    }
}
