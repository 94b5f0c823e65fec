package io.saddlebag.bench.chaos;

import io.saddlebag.audit.AuditReport.Finding;
import io.saddlebag.bench.chaos.fault.Target;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which files may have ended otherwise than delivered and sent, because of what a fault did to them; each needs its
 * evidence all the same. For one thread.
 */
public final class Excuses {
    private static final List<String> DAMAGED =
            List.of("expected its sealed message whole in the spool", "expected it acknowledged, since ");
    private static final List<String> REFUSED =
            List.of("expected the manifest of ", "expected it nowhere else, being failed");

    private final Set<String> damaged = new HashSet<>();
    private final Set<String> sentTwice = new HashSet<>();
    private final Set<String> refused = new HashSet<>();
    private final Set<Dead> dead = new HashSet<>();

    private record Dead(String messageId, Target centre) {}

    /** Headquarters lost a bit of the message: it may be a dead letter. */
    void damaged(String messageId) {
        damaged.add(messageId);
    }

    boolean isDamaged(DroppedFile file) {
        return damaged.contains(file.messageId());
    }

    /**
     * True for a finding of the audit that a fault explains. A damaged message is not whole at headquarters, or was lost
     * after a centre had it and before headquarters heard of that. The message of a refused repeat differs from the one
     * that headquarters and the centres have.
     */
    boolean isExcused(Finding finding) {
        String messageId = finding.subject().split(" ")[0];
        boolean ofDamage = finding.site().equals(Target.HQ.site())
                && damaged.contains(messageId)
                && DAMAGED.stream().anyMatch(finding.text()::startsWith);
        return ofDamage || refused.contains(messageId) && REFUSED.stream().anyMatch(finding.text()::startsWith);
    }

    boolean isAnyDamaged() {
        return !damaged.isEmpty();
    }

    /** Headquarters says that the delivery of a damaged message is a dead letter. */
    void deadLettered(DroppedFile file, Target centre) {
        dead.add(new Dead(file.messageId(), centre));
    }

    boolean isDeadLetter(DroppedFile file, Target centre) {
        return dead.contains(new Dead(file.messageId(), centre));
    }

    /** The laboratory's memory of these was lost after they may have been sent: a second one may be refused. */
    void sentTwice(List<DroppedFile> files) {
        files.forEach(file -> sentTwice.add(file.messageId()));
    }

    /** The second message of such a file was refused, and headquarters has the first. */
    void refused(DroppedFile file) {
        refused.add(file.messageId());
    }

    boolean isSentTwice(DroppedFile file) {
        return sentTwice.contains(file.messageId());
    }
}
