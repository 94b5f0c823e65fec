package io.saddlebag.hq.simulation;

import io.saddlebag.message.Priority;
import io.saddlebag.message.SiteId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** The messages that schedules draw from; each is made once. */
final class Parcels {
    private static final Instant SOON = Instant.parse("2026-11-22T10:00:05Z");

    private final Map<Parcel.Shape, Parcel> made = new HashMap<>();

    /** A few messages of a lab: some in conflict with another, some that expire, now and then one in several parts. */
    List<Parcel> draw(SiteId lab, List<SiteId> centres, Random random) {
        List<Parcel> drawn = new ArrayList<>();
        int count = 1 + random.nextInt(4);
        boolean inParts = random.nextInt(8) == 0;
        for (int number = 1; number <= count; number++) {
            // Large ones are few, since each is kept: they differ in nothing but what the parts are about.
            boolean large = inParts && number == 1;
            int parts = large ? 2 : 1;
            int tail = large ? 20 : 20 + random.nextInt(2);
            Instant expires = large || random.nextInt(10) > 0 ? null : SOON;
            Priority priority = large ? Priority.NORMAL : Priority.ofNumber(random.nextInt(3));
            List<SiteId> recipients = large ? centres.subList(0, 2) : recipients(centres, random);
            drawn.add(make(new Parcel.Shape(lab, number, 0, parts, tail, expires, priority, recipients)));
            if (random.nextInt(6) == 0) {
                drawn.add(make(new Parcel.Shape(lab, number, 1, parts, tail, null, priority, recipients)));
            }
        }
        return drawn;
    }

    private static List<SiteId> recipients(List<SiteId> centres, Random random) {
        int chosen = 1 + random.nextInt((1 << centres.size()) - 1);
        List<SiteId> recipients = new ArrayList<>();
        for (int i = 0; i < centres.size(); i++) {
            if ((chosen & 1 << i) != 0) {
                recipients.add(centres.get(i));
            }
        }
        return recipients;
    }

    private Parcel make(Parcel.Shape shape) {
        return made.computeIfAbsent(shape, Parcel::new);
    }
}
