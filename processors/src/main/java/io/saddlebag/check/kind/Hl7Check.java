package io.saddlebag.check.kind;

import io.saddlebag.check.format.UniqueValues;
import io.saddlebag.check.format.Utf8;
import io.saddlebag.check.kind.Option.Form;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Kind {@code hl7}: HL7 v2 messages in the encoding of bars and hats (HL7 v2.5.1, section 2.10), alone or in a batch: the form
 * of each segment, MSH-9 to MSH-12, ids that come once, and the counts of BTS and FTS. A segment ends with CR, LF or both. A
 * row is a segment and a column a field.
 */
public final class Hl7Check implements ContentCheck {
    public static final String NAME = "hl7";

    public static final List<Option> OPTIONS = List.of(
            Option.optional("message-types", Form.TEXTS, null, "The only types of messages, such as ORU^R01"),
            Option.optional("versions", Form.TEXTS, null, "The only versions, such as 2.5.1"),
            Option.optional("unique-ids", Form.SWITCH, "true", "Whether each MSH-10 of a file must come once"),
            Option.choice(
                    "batch", List.of("required", "optional"), "optional", "Whether the messages must be a batch"));

    private static final int MOST_SEGMENT = 16 * 1024 * 1024;
    private static final int KEPT = 4096;

    private final Set<String> types;
    private final Set<String> versions;
    private final boolean idsAreUnique;
    private final boolean mustBeBatch;

    public Hl7Check(Options options) {
        types = Set.copyOf(options.texts("message-types"));
        versions = Set.copyOf(options.texts("versions"));
        idsAreUnique = options.isOn("unique-ids");
        mustBeBatch = options.text("batch").equals("required");
    }

    @Override
    public MessageCheck begin(Faults faults, Path work) {
        return new MessageCheck() {
            private Segments segments;

            @Override
            public FileCheck file(String path, long size) {
                segments = new Segments(path, faults, new UniqueValues(work));
                return segments;
            }

            @Override
            public void close() throws IOException {
                if (segments != null) {
                    segments.ids.close();
                }
            }
        };
    }

    private final class Segments implements FileCheck {
        private final String path;
        private final Faults faults;
        private final UniqueValues ids;
        private final byte[] kept = new byte[KEPT];
        private int length;
        private boolean isAfterReturn;
        private long row = 1;
        private byte separator;
        private boolean isInFile;
        private boolean isInBatch;
        private boolean isInMessage;
        private boolean hasEnded;
        private long batches;
        private long messagesOfBatch;
        private long messages;

        Segments(String path, Faults faults, UniqueValues ids) {
            this.path = path;
            this.faults = faults;
            this.ids = ids;
        }

        private void fault(int field, String expected) {
            faults.add(path, row, field, expected);
        }

        @Override
        public void update(byte[] bytes, int offset, int count) {
            for (int at = offset; at < offset + count; at++) {
                byte b = bytes[at];
                if (b == '\n' && isAfterReturn) {
                    isAfterReturn = false;
                } else if (b == '\r' || b == '\n') {
                    isAfterReturn = b == '\r';
                    endOfSegment();
                } else {
                    isAfterReturn = false;
                    if (length < KEPT) {
                        kept[length] = b;
                    }
                    length = Math.min(length + 1, MOST_SEGMENT + 1);
                }
            }
        }

        private void endOfSegment() {
            if (length > MOST_SEGMENT) {
                fault(0, "a segment of at most " + MOST_SEGMENT + " bytes");
            } else if (length > 0) {
                judge();
            }
            length = 0;
            row++;
        }

        private void judge() {
            String name = new String(kept, 0, Math.min(3, length), StandardCharsets.ISO_8859_1);
            if (!name.matches("[A-Z][A-Z0-9]{2}")) {
                fault(0, "a segment that begins with three capital letters or digits");
                return;
            }
            if (hasEnded) {
                fault(0, "nothing behind FTS, or behind BTS where no FHS is");
                return;
            }
            boolean isHeader = name.equals("MSH") || name.equals("BHS") || name.equals("FHS");
            if (isHeader) {
                if (!begins()) {
                    return;
                }
            } else if (length > 3 && kept[3] != separator) {
                fault(0, "the field separator behind the name of the segment");
                return;
            }
            String[] fields = fields();
            switch (name) {
                case "FHS" -> {
                    require(row == 1, "FHS at the beginning alone");
                    isInFile = true;
                }
                case "BHS" -> {
                    require(!isInBatch && (isInFile || row == 1), "BHS at the beginning, or behind FHS or BTS");
                    isInBatch = true;
                    isInMessage = false;
                    messagesOfBatch = 0;
                }
                case "MSH" -> header(fields);
                case "BTS" -> {
                    require(isInBatch, "BTS at the end of a batch that BHS begins");
                    count(fields, messagesOfBatch, "the number of messages in the batch, " + messagesOfBatch);
                    batches++;
                    isInBatch = false;
                    isInMessage = false;
                    hasEnded = !isInFile;
                }
                case "FTS" -> {
                    require(isInFile && !isInBatch, "FTS at the end of a file that FHS begins");
                    count(fields, batches, "the number of batches in the file, " + batches);
                    hasEnded = true;
                }
                default -> require(isInMessage, "MSH before any other segment of a message");
            }
        }

        private void require(boolean holds, String expected) {
            if (!holds) {
                fault(0, expected);
            }
        }

        /** Field separator and encoding characters, of which a message has its own. */
        private boolean begins() {
            boolean isGood = length >= 8;
            for (int i = 3; isGood && i < 8; i++) {
                isGood = kept[i] > ' ' && kept[i] < 127 && !Character.isLetterOrDigit(kept[i]);
                for (int before = 3; before < i; before++) {
                    isGood &= kept[before] != kept[i];
                }
            }
            if (!isGood) {
                fault(2, "the separator of fields and four encoding characters, such as |^~\\&");
                return false;
            }
            separator = kept[3];
            return true;
        }

        private String[] fields() {
            int to = Math.min(length, KEPT);
            String text = Utf8.decode(kept, 0, to);
            // Other character sets are allowed (MSH-18); the fields that count here are ASCII.
            String any = text == null ? new String(kept, 0, to, StandardCharsets.ISO_8859_1) : text;
            return any.split("\\Q" + (char) (separator & 0xFF) + "\\E", -1);
        }

        private void header(String[] fields) {
            require(isInBatch || batches == 0, "messages within a batch");
            isInMessage = true;
            messages++;
            messagesOfBatch++;
            String type = field(fields, 9);
            String[] parts = type.split("\\^", -1);
            String shortType = parts.length < 2 ? type : parts[0] + "^" + parts[1];
            if (type.isEmpty()) {
                fault(9, "a type of message");
            } else if (!types.isEmpty() && !types.contains(type) && !types.contains(shortType)) {
                fault(9, "a type of message of " + sorted(types));
            }
            byte[] id = field(fields, 10).getBytes(StandardCharsets.UTF_8);
            if (id.length == 0) {
                fault(10, "a message control id");
            } else if (idsAreUnique && ids.count() < UniqueValues.MOST) {
                long earlier = ids.add(id, 0, id.length, row);
                if (earlier > 0) {
                    repeated(row, earlier);
                }
            } else if (idsAreUnique) {
                fault(10, "at most " + UniqueValues.MOST + " messages");
            }
            if (!field(fields, 11).matches("[A-Z](\\^.*)?")) {
                fault(11, "a processing id such as P");
            }
            String version = field(fields, 12).split("\\^", -1)[0];
            if (!version.matches("2[.][0-9](?:[.][0-9])?")) {
                fault(12, "a version such as 2.5.1");
            } else if (!versions.isEmpty() && !versions.contains(version)) {
                fault(12, "a version of " + sorted(versions));
            }
        }

        private void repeated(long at, long earlier) {
            faults.add(path, at, 10, "a message control id that no message has before; row " + earlier + " has it");
        }

        private static List<String> sorted(Set<String> set) {
            String[] all = set.toArray(new String[0]);
            Arrays.sort(all);
            return List.of(all);
        }

        /** MSH-1 is the separator itself, so that the fields of MSH are one place further on. */
        private static String field(String[] fields, int number) {
            return number - 1 < fields.length ? fields[number - 1] : "";
        }

        private void count(String[] fields, long found, String expected) {
            String given = fields.length < 2 ? "" : fields[1];
            if (!given.matches("0*" + found)) {
                fault(1, expected);
            }
        }

        @Override
        public void end() throws IOException {
            if (length > 0) {
                endOfSegment();
            }
            ids.end(this::repeated);
            if (messages == 0) {
                faults.add(path, 0, 0, "at least one message, found none");
            }
            if (isInBatch || isInFile && !hasEnded) {
                faults.add(path, 0, 0, isInBatch ? "BTS at the end of the batch" : "FTS at the end of the file");
            } else if (mustBeBatch && batches == 0) {
                faults.add(path, 0, 0, "a batch, from BHS to BTS");
            }
            ids.close();
        }
    }
}
