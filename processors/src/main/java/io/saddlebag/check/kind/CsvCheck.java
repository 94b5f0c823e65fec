package io.saddlebag.check.kind;

import io.saddlebag.check.format.CsvRows;
import io.saddlebag.check.format.UniqueValues;
import io.saddlebag.check.kind.Option.Form;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Kind {@code csv}: names and number of columns, types, required and unique cells, number of rows. */
public final class CsvCheck implements ContentCheck {
    public static final String NAME = "csv";
    /** Each has a table of hashes. */
    static final int MOST_UNIQUE = 4;

    public static final List<Option> OPTIONS = List.of(
            Option.entries("columns", "The columns, in any order where the first row names them", CsvColumn.OPTIONS),
            Option.choice(
                    "other-columns",
                    List.of("refused", "allowed"),
                    "refused",
                    "Whether columns may be there that are not among these"),
            Option.choice(
                    "separator",
                    List.of("comma", "semicolon", "tab", "pipe"),
                    "comma",
                    "What separates the cells of a row"),
            Option.optional(
                    "header", Form.SWITCH, "true", "Whether the first row has the names; if not, the order counts"),
            Option.optional(
                    "rows-at-least", Form.COUNT, "0", "The fewest rows, the first one with the names not counted"),
            Option.optional("rows-at-most", Form.COUNT, null, "The most rows, counted like that"));

    private final List<CsvColumn> columns;
    private final boolean othersAreAllowed;
    private final char separator;
    private final boolean hasHeader;
    private final long rowsAtLeast;
    private final Long rowsAtMost;

    /** @throws IllegalArgumentException naming what was expected and found */
    public CsvCheck(Options options) {
        columns = options.entries("columns").stream().map(CsvColumn::new).toList();
        othersAreAllowed = options.text("other-columns").equals("allowed");
        separator = switch (options.text("separator")) {
            case "semicolon" -> ';';
            case "tab" -> '\t';
            case "pipe" -> '|';
            default -> ',';
        };
        hasHeader = options.isOn("header");
        rowsAtLeast = options.count("rows-at-least");
        rowsAtMost = options.count("rows-at-most");
        if (columns.isEmpty()) {
            throw new IllegalArgumentException("at least one column, found none. Add one");
        }
        long names = columns.stream().map(CsvColumn::name).distinct().count();
        if (names < columns.size()) {
            throw new IllegalArgumentException("each column's name once, found one twice. Correct it");
        }
        if (columns.stream().filter(CsvColumn::isUnique).count() > MOST_UNIQUE) {
            throw new IllegalArgumentException(
                    "at most " + MOST_UNIQUE + " unique columns, found more. Leave some out");
        }
    }

    @Override
    public MessageCheck begin(Faults faults, Path work) {
        return new MessageCheck() {
            private Rows rows;

            @Override
            public FileCheck file(String path, long size) {
                rows = new Rows(path, faults, work);
                Rows of = rows;
                return new FileCheck() {
                    @Override
                    public void update(byte[] bytes, int offset, int length) {
                        of.update(bytes, offset, length);
                    }

                    @Override
                    public void end() throws IOException {
                        of.end();
                        of.finish();
                        of.close();
                    }
                };
            }

            @Override
            public void close() throws IOException {
                if (rows != null) {
                    rows.close();
                }
            }
        };
    }

    /** The rows of one file. */
    private final class Rows extends CsvRows {
        private static final CsvColumn[] NONE = {};

        private final String path;
        private final Faults faults;
        private final Path work;
        /** By place in the row; null for a column that is not checked. */
        private CsvColumn[] byPlace = NONE;

        private UniqueValues[] unique;
        private final List<CsvColumn> found = new ArrayList<>();
        private boolean isHeader = hasHeader;

        Rows(String path, Faults faults, Path work) {
            super(separator);
            this.path = path;
            this.faults = faults;
            this.work = work;
            if (!hasHeader) {
                take(columns);
            }
        }

        private void take(List<CsvColumn> inOrder) {
            byPlace = inOrder.toArray(NONE);
            unique = new UniqueValues[byPlace.length];
            for (int i = 0; i < byPlace.length; i++) {
                unique[i] = byPlace[i] != null && byPlace[i].isUnique() ? new UniqueValues(work) : null;
            }
        }

        private void fault(String expected) {
            int place = column();
            CsvColumn at = !isHeader && place <= byPlace.length ? byPlace[place - 1] : null;
            faults.add(path, row(), place, at == null ? expected : expected + " (" + at.name() + ")");
        }

        @Override
        protected void malformed(String expected) {
            fault(expected);
        }

        @Override
        protected int endOfGood(byte[] bytes, int from, int end) {
            int place = column() - 1;
            return isHeader || place >= byPlace.length || byPlace[place] == null
                    ? end
                    : byPlace[place].endOfGood(bytes, from, end);
        }

        @Override
        protected void cell(byte[] bytes, int from, int to, boolean isAscii) {
            if (isHeader) {
                name(bytes, from, to);
                return;
            }
            int place = column() - 1;
            if (place >= byPlace.length || byPlace[place] == null) {
                return;
            }
            String expected = byPlace[place].expected(bytes, from, to, isAscii);
            if (expected != null) {
                fault(expected);
            } else if (unique[place] != null && from < to) {
                judgeRepeat(unique[place], bytes, from, to);
            }
        }

        private void judgeRepeat(UniqueValues values, byte[] bytes, int from, int to) {
            if (values.count() == UniqueValues.MOST) {
                fault("at most " + UniqueValues.MOST + " rows, because a column is unique");
                return;
            }
            long earlier = values.add(bytes, from, to, row());
            if (earlier > 0) {
                fault("a value that no row has before; row " + earlier + " has it");
            }
        }

        private void name(byte[] bytes, int from, int to) {
            CsvColumn named = columns.stream()
                    .filter(each -> each.isNamed(bytes, from, to))
                    .findFirst()
                    .orElse(null);
            if (named == null && !othersAreAllowed) {
                fault("the name of a column that the check has");
            } else if (named != null && found.contains(named)) {
                fault("each name once, and " + named.name() + " was there before");
                named = null;
            }
            if (column() < CsvRows.MOST_COLUMNS) {
                found.add(named);
            }
        }

        @Override
        protected void endOfRow() {
            if (isHeader) {
                isHeader = false;
                take(found);
                for (CsvColumn each : columns) {
                    if (each.isRequired() && !found.contains(each)) {
                        faults.add(path, row(), 0, "a column " + each.name());
                    }
                }
            } else if (column() < byPlace.length || column() > byPlace.length && !(othersAreAllowed && !hasHeader)) {
                faults.add(path, row(), 0, byPlace.length + " cells, as many as columns");
            }
        }

        void finish() throws IOException {
            if (isHeader) {
                faults.add(path, 1, 0, "a row with the names of the columns");
                return;
            }
            for (int i = 0; i < unique.length; i++) {
                if (unique[i] != null) {
                    int place = i;
                    unique[i].end((row, earlier) -> faults.add(
                            path,
                            row,
                            place + 1,
                            "a value that no row has before; row " + earlier + " has it (" + byPlace[place].name()
                                    + ")"));
                }
            }
            long rows = row() - 1 - (hasHeader ? 1 : 0);
            if (rows < rowsAtLeast) {
                faults.add(path, 0, 0, "at least " + rowsAtLeast + " rows, found " + rows);
            } else if (rowsAtMost != null && rows > rowsAtMost) {
                faults.add(path, 0, 0, "at most " + rowsAtMost + " rows, found " + rows);
            }
        }

        void close() throws IOException {
            for (UniqueValues each : unique == null ? new UniqueValues[0] : unique) {
                if (each != null) {
                    each.close();
                }
            }
        }
    }
}
