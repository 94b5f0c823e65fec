package io.saddlebag.site;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * Which lines of an application.properties set which name. Comments, continued lines and escapes count as
 * {@link Properties} reads them, which itself keeps no line and takes the last of several silently. Immutable.
 */
final class SettingLines {
    private final Map<String, List<Integer>> linesByName = new TreeMap<>();

    /** @param text with escapes that {@link Properties#load} accepts */
    static SettingLines of(String text) throws IOException {
        SettingLines found = new SettingLines();
        List<String> lines = text.lines().toList();
        int next = 0;
        while (next < lines.size()) {
            int first = next;
            StringBuilder logical = new StringBuilder(lines.get(next++));
            while (isContinued(logical) && next < lines.size()) {
                logical.append('\n').append(lines.get(next++));
            }
            Properties one = new Properties();
            one.load(new StringReader(logical.toString()));
            one.stringPropertyNames().forEach(name -> found.linesByName
                    .computeIfAbsent(name, unused -> new ArrayList<>())
                    .add(first + 1));
        }
        return found;
    }

    private static boolean isContinued(CharSequence line) {
        String start = line.toString().stripLeading();
        if (start.startsWith("#") || start.startsWith("!")) {
            return false;
        }
        int backslashes = 0;
        while (backslashes < line.length() && line.charAt(line.length() - 1 - backslashes) == '\\') {
            backslashes++;
        }
        return backslashes % 2 == 1;
    }

    /** The line that counts, from 1 on; 0 for a name that no line sets. */
    int last(String name) {
        List<Integer> lines = linesByName.getOrDefault(name, List.of());
        return lines.isEmpty() ? 0 : lines.get(lines.size() - 1);
    }

    /** The lines of each name that more than one line sets. */
    Map<String, List<Integer>> repeated() {
        Map<String, List<Integer>> repeated = new TreeMap<>(linesByName);
        repeated.values().removeIf(lines -> lines.size() < 2);
        return repeated;
    }
}
