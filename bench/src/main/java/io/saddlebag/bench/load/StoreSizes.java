package io.saddlebag.bench.load;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The size of headquarters' store on the disk.
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
