package io.saddlebag.lab.tidy;

import io.saddlebag.files.FileTree;
import io.saddlebag.lab.message.ContentDigest;
import io.saddlebag.lab.message.FileLook;
import io.saddlebag.lab.receipts.SentReceipts;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.lab.records.TidyDecision;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.Json;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Removes files from the folders of days in {@code sent/}, each with the duplicates and system files that were dropped with
 * it. The journal says so first, so that a removed file never counts as lost; receipts and rows stay. A file stays when a
 * recipient's receipt is lacking, or when it is not as it was sent. For one thread.
 */
public final class SentTidy {
    private static final Pattern DAY = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");
    private static final Pattern NUMBERED = Pattern.compile("(.+)[.][0-9]+");
    /** A second drop of the same bytes, or the system files of a dropped folder. */
    private static final Pattern COMPANION = Pattern.compile("(.+)[.](duplicate|ignored)([.][0-9]+)?");

    private static final int TOGETHER = 500;
    private static final String ROW = "SELECT number, message_id, kept_as, size, sha256, modified, settled_time,"
            + " tidied_time, EXISTS (SELECT 1 FROM second_look l WHERE l.number = message.number)"
            + " FROM message WHERE state = 'SENT' AND ";

    private final Path sent;
    private final LabJournal journal;
    private final Clock clock;

    /** @param sent the folder */
    public SentTidy(Path sent, LabJournal journal, Clock clock) {
        this.sent = sent;
        this.journal = journal;
        this.clock = clock;
    }

    /**
     * A message that was sent.
     *
     * @param keptAs the place of its file below the folder; null when it was never noted
     * @param sha256 of its content; null when it was never digested
     * @param tidied whether it was removed before
     * @param isLookedAt whether it is still to be looked at a second time
     */
    private record Row(
            long number,
            MessageId messageId,
            String keptAs,
            Sha256 sha256,
            FileLook look,
            Instant confirmed,
            boolean tidied,
            boolean isLookedAt) {
        static Row of(ResultSet row) throws SQLException {
            String sha256 = row.getString(5);
            return new Row(
                    row.getLong(1),
                    MessageId.of(row.getString(2)),
                    row.getString(3),
                    sha256 == null ? null : new Sha256(sha256),
                    new FileLook(row.getLong(4), Instant.parse(row.getString(6))),
                    Instant.parse(row.getString(7)),
                    row.getString(8) != null,
                    row.getBoolean(9));
        }
    }

    /** @param number of the message; 0 of a companion, which no row has */
    private record Due(long number, TidyDecision decision) {}

    /**
     * Goes through the days, the oldest first.
     *
     * @param isOver true for the time of a confirm that is long enough ago
     * @param deletes whether files are deleted, or only told of
     * @param told hears of each file that is old enough, after it was deleted
     */
    public void run(Predicate<Instant> isOver, boolean deletes, Consumer<TidyDecision> told) throws IOException {
        Set<Long> gone = new HashSet<>();
        for (Path day : days()) {
            LocalDate date = LocalDate.parse(day.getFileName().toString());
            if (!isOver.test(date.atStartOfDay(ZoneOffset.UTC).toInstant())) {
                continue;
            }
            List<Path> companions = new ArrayList<>();
            List<Due> due = new ArrayList<>();
            for (Path file : filesIn(day)) {
                Row row = rowOf(file);
                if (row != null && isOver.test(row.confirmed())) {
                    due.add(new Due(row.number(), decision(row, file, Recipients.ALL_RECEIVED)));
                } else if (row == null) {
                    companions.add(file);
                }
            }
            due.stream().filter(each -> each.decision().goes()).forEach(each -> gone.add(each.number()));
            Instant end = date.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
            if (isOver.test(end)) {
                for (Path file : companions) {
                    companion(file, gone, end).ifPresent(each -> due.add(new Due(0, each)));
                }
            }
            (deletes ? delete(due) : due).forEach(each -> told.accept(each.decision()));
            if (deletes && date.isBefore(LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC))) {
                deleteIfEmpty(day);
            }
        }
    }

    /**
     * The same of one message whatever its age, by an operator's wish. It may have expired at a recipient, or been discarded
     * for it.
     *
     * @throws IllegalArgumentException when the journal knows no such sent message, or not where its file is
     */
    public TidyDecision named(MessageId messageId, boolean deletes) throws IOException {
        Row row = journal.value(ROW + "message_id = ?", Row::of, messageId.value());
        if (row == null || row.keptAs() == null) {
            throw new IllegalArgumentException(messageId
                    + ": expected a message that was sent and whose file is kept in"
                    + " sent/, found " + (row == null ? "none in the journal" : "no place of its file in the journal")
                    + ". Check the message_id");
        }
        Path file = sent.resolve(row.keptAs());
        TidyDecision decision = Files.exists(file, LinkOption.NOFOLLOW_LINKS) || row.tidied()
                ? decision(row, file, Recipients.ALL_ENDED)
                : new TidyDecision(file, messageId, 0, row.confirmed(), "it is not there");
        return deletes ? delete(List.of(new Due(row.number(), decision))).get(0).decision() : decision;
    }

    private List<Path> days() throws IOException {
        return filesIn(sent).stream()
                .filter(entry -> DAY.matcher(entry.getFileName().toString()).matches())
                .toList();
    }

    /** In the order of their names. */
    private static List<Path> filesIn(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(entry -> !entry.getFileName().toString().startsWith("."))
                    .sorted(Comparator.comparing(Path::toString))
                    .toList();
        }
    }

    private Row rowOf(Path file) {
        String name = file.getFileName().toString();
        Matcher numbered = NUMBERED.matcher(name);
        return journal.value(
                ROW + "file_name IN (?, ?) AND kept_as = ?",
                Row::of,
                name,
                numbered.matches() ? numbered.group(1) : name,
                file.getParent().getFileName() + "/" + name);
    }

    /** The ends that must be known of all recipients. */
    private enum Recipients {
        ALL_RECEIVED,
        ALL_ENDED;

        boolean allows(SentReceipts.Recipient recipient) {
            return recipient.isReceived()
                    || this == ALL_ENDED
                            && (recipient.isDiscarded() || recipient.state().equals(DeliveryOutcome.EXPIRED));
        }
    }

    private TidyDecision decision(Row row, Path file, Recipients required) {
        String stays;
        try {
            stays = row.tidied() ? null : reasonToStay(row, file, required);
        } catch (IOException e) {
            stays = "it cannot be looked at: " + FaultText.of(e);
        }
        return new TidyDecision(file, row.messageId(), row.look().size(), row.confirmed(), stays);
    }

    private String reasonToStay(Row row, Path file, Recipients required) throws IOException {
        if (row.isLookedAt()) {
            return "it is still to be compared with what was sent";
        }
        Path receipts = sent.resolve(row.messageId() + SentReceipts.SUFFIX);
        try {
            for (SentReceipts.Recipient each :
                    Json.read(Files.readAllBytes(receipts), SentReceipts.class).recipients()) {
                if (!required.allows(each)) {
                    return each.receiverClientId() + " has not received it by a receipt: " + each.state();
                }
            }
        } catch (NoSuchFileException e) {
            return "it has no receipts";
        } catch (IllegalArgumentException e) {
            return receipts.getFileName() + " cannot be read";
        }
        return isAsSent(row, file) ? null : "it is not as it was sent";
    }

    private static boolean isAsSent(Row row, Path file) throws IOException {
        return FileLook.of(file).equals(row.look()) || hasContentOf(row, file);
    }

    private static boolean hasContentOf(Row row, Path file) throws IOException {
        try {
            return ContentDigest.of(file).sha256().equals(row.sha256());
        } catch (Refusal e) {
            return false;
        }
    }

    private Optional<TidyDecision> companion(Path file, Set<Long> gone, Instant end) {
        try {
            return isCompanionOf(file, gone)
                    ? Optional.of(new TidyDecision(file, null, sizeOf(file), end, null))
                    : Optional.empty();
        } catch (IOException e) {
            String stays = "it cannot be looked at: " + FaultText.of(e);
            return Optional.of(new TidyDecision(file, null, 0, end, stays));
        }
    }

    private boolean isCompanionOf(Path file, Set<Long> gone) throws IOException {
        Matcher name = COMPANION.matcher(file.getFileName().toString());
        if (!name.matches()) {
            return false;
        }
        String dropped = name.group(1);
        List<Row> rows = journal.queryInTurn(
                ROW + "(file_name = ? OR message_id = ?)",
                Row::of,
                dropped,
                dropped.indexOf('.') < 0 ? dropped : dropped.substring(0, dropped.indexOf('.')));
        boolean isDuplicate = name.group(2).equals("duplicate");
        for (Row row : rows) {
            boolean isGone = row.tidied() || gone.contains(row.number());
            if (isGone && (!isDuplicate || hasContentOf(row, file))) {
                return true;
            }
        }
        return false;
    }

    private static long sizeOf(Path file) throws IOException {
        return Math.max(0, FileLook.of(file).size());
    }

    /** The journal says so first; a crash in between leaves files that the next call deletes. */
    private List<Due> delete(List<Due> due) {
        List<Due> done = new ArrayList<>();
        for (int first = 0; first < due.size(); first += TOGETHER) {
            List<Due> some = due.subList(first, Math.min(due.size(), first + TOGETHER));
            journal.forEach(
                    some.stream()
                            .filter(each -> each.decision().goes())
                            .map(Due::number)
                            .toList(),
                    "UPDATE message SET tidied_time = '" + clock.instant()
                            + "' WHERE state = 'SENT' AND tidied_time IS NULL AND number = ?");
            some.forEach(each -> done.add(new Due(each.number(), deleted(each.decision()))));
        }
        return done;
    }

    private static TidyDecision deleted(TidyDecision decision) {
        if (!decision.goes()) {
            return decision;
        }
        try {
            if (Files.isDirectory(decision.file(), LinkOption.NOFOLLOW_LINKS)) {
                FileTree.delete(decision.file());
            } else {
                Files.deleteIfExists(decision.file());
            }
            return decision;
        } catch (IOException e) {
            return decision.staying("it cannot be deleted: " + FaultText.of(e));
        }
    }

    private static void deleteIfEmpty(Path day) throws IOException {
        try {
            Files.deleteIfExists(day);
        } catch (DirectoryNotEmptyException e) {
            // The next call looks again at the rest.
        }
    }
}
