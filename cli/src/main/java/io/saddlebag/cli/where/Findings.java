package io.saddlebag.cli.where;

import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** All that the places say about the messages that are looked for. For one question. */
final class Findings {
    private final Map<MessageId, Message> messages = new TreeMap<>();
    private final List<Whereabouts.Found> untaken = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private boolean more;

    /** The knowledge of a message, and of its way to each recipient. */
    static final class Message {
        private final MessageId messageId;
        private String fileName;
        private Long size;
        private Sha256 sha256;
        private final Map<SiteId, Course> courses = new LinkedHashMap<>();

        private Message(MessageId messageId) {
            this.messageId = messageId;
        }

        /** The content, each part of it null when the place does not know it. */
        void content(String name, Long bytes, Sha256 digest) {
            fileName = fileName == null ? name : fileName;
            size = size == null ? bytes : size;
            sha256 = sha256 == null ? digest : sha256;
        }

        Course to(SiteId recipient) {
            return courses.computeIfAbsent(recipient, Course::new);
        }

        private Whereabouts.Found found() {
            return new Whereabouts.Found(
                    messageId,
                    messageId.sender(),
                    fileName,
                    size,
                    sha256,
                    courses.values().stream().map(Course::timeline).toList());
        }
    }

    Message message(MessageId messageId) {
        return messages.computeIfAbsent(messageId, Message::new);
    }

    /** A file that never became a message. */
    void untaken(Whereabouts.Found file) {
        untaken.add(file);
    }

    void note(String sentence) {
        notes.add(sentence);
    }

    void more() {
        more = true;
    }

    Whereabouts whereabouts() {
        List<Whereabouts.Found> found = new ArrayList<>(untaken);
        messages.values().stream()
                .map(Message::found)
                .filter(each -> !each.recipients().isEmpty())
                .forEach(found::add);
        return new Whereabouts(found, more, notes);
    }
}
