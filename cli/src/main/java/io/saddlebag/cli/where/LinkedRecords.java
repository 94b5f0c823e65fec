package io.saddlebag.cli.where;

import io.saddlebag.journal.JournalReader;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.site.question.SiteQuestion;
import io.saddlebag.where.AskHeadquarters;
import io.saddlebag.where.HeldDelivery;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The journal of a laboratory or centre, and headquarters' word, for which the running site asks. Headquarters is asked
 * once, and not believed about other messages.
 */
final class LinkedRecords implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final SiteHome home;
    private final SiteId site;
    private final SiteId headquarters;
    private final Proofs proofs;
    private final JournalReader journal;
    private final List<String> notes = new ArrayList<>();
    private final StatusFile status;
    private AskHeadquarters.Answer answer;
    private boolean isRunning;

    LinkedRecords(SiteHome home, SiteId site, SiteId headquarters, String file, Proofs proofs) throws IOException {
        this.home = home;
        this.site = site;
        this.headquarters = headquarters;
        this.proofs = proofs;
        this.status = StatusFile.of(home);
        this.journal = JournalReader.open(home.journal().resolve(file));
    }

    SiteHome home() {
        return home;
    }

    SiteId site() {
        return site;
    }

    SiteId headquarters() {
        return headquarters;
    }

    Proofs proofs() {
        return proofs;
    }

    JournalReader journal() {
        return journal;
    }

    /** The rows of headquarters as steps. */
    HeldCourse course() {
        return new HeldCourse(headquarters, proofs, StatusFile.none());
    }

    /** The message_ids in the first column, at most one more than {@value Records#MOST}. */
    Set<MessageId> ids(String sql, Object... parameters) throws IOException {
        Set<MessageId> found = new TreeSet<>();
        journal.forEach(
                sql + " LIMIT " + (Records.MOST + 1), row -> found.add(MessageId.of(row.getString(1))), parameters);
        return found;
    }

    /** Has the running site ask headquarters, for message_ids or one beginning. */
    void ask(Collection<String> about) {
        if (answer != null || about.isEmpty()) {
            return;
        }
        answer = new AskHeadquarters.Answer(headquarters, false, null, false, List.of());
        try {
            Optional<AskHeadquarters.Answer> found = new SiteQuestion(AskHeadquarters.SUBJECT, List.copyOf(about))
                    .ask(home, AskHeadquarters.Answer.class, PATIENCE);
            if (found.isEmpty()) {
                notes.add(site + " does not run: its journal answers, and " + headquarters + " was not asked");
                return;
            }
            isRunning = true;
            answer = found.get();
            if (!answer.connected()) {
                notes.add(site + ": " + away() + ", which was not asked ("
                        + Printable.reason(String.valueOf(answer.fault())) + ")");
            } else if (answer.fault() != null) {
                notes.add(headquarters + " was not heard: " + Printable.reason(answer.fault()));
            }
        } catch (IOException | SiteStartException e) {
            isRunning = true;
            answer = new AskHeadquarters.Answer(headquarters, true, null, false, List.of());
            notes.add(site + ": headquarters was not asked: " + Printable.reason(e.getMessage()));
        }
    }

    /** Such as {@code no connection to DC-HQ since 2025-10-08T18:55:04.000Z}. */
    private String away() {
        return "no connection to " + headquarters + status.linkSince();
    }

    /** Why nothing leaves this site now; empty when nothing is known against it. */
    String standstill() {
        if (!isRunning) {
            return site + " does not run" + status.stoppedSince();
        }
        return answer.connected() ? "" : away();
    }

    Set<MessageId> heldIds() {
        return answer.deliveries().stream().map(HeldDelivery::messageId).collect(Collectors.toCollection(TreeSet::new));
    }

    boolean hasMore() {
        return answer != null && answer.more();
    }

    List<HeldDelivery> held(MessageId messageId) {
        return answer.deliveries().stream()
                .filter(each -> each.messageId().equals(messageId))
                .toList();
    }

    void note(String sentence) {
        notes.add(sentence);
    }

    void tellNotes(Findings findings) {
        notes.forEach(findings::note);
    }

    @Override
    public void close() throws IOException {
        journal.close();
    }
}
