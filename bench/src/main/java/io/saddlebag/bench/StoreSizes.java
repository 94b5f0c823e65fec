package io.saddlebag.bench;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What headquarters' store takes on the disk.
 *
 * @param relations bytes of each table and index, by name
 * @param spool bytes of the spool's files
 */
public record StoreSizes(Map<String, Long> relations, long spool) {
    private static final double MB = 1e6;

    public StoreSizes {
        relations = Map.copyOf(relations);
    }

    /** In MB of 10^6 bytes, the spool last. */
    Map<String, Double> megabytes() {
        Map<String, Double> all = new LinkedHashMap<>();
        relations.keySet().stream().sorted().forEach(name -> all.put(name, relations.get(name) / MB));
        all.put("spool", spool / MB);
        return all;
    }
}
