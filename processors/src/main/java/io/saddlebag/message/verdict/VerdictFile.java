package io.saddlebag.message.verdict;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.message.Json;
import io.saddlebag.message.Printable;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The file by which an outbox's reader says its verdict: empty, a text, a JSON object with {@code code} and {@code reason},
 * or an HL7 v2 acknowledgement.
 *
 * @param kind {@link Verdict#ACCEPTED} or {@link Verdict#REJECTED}
 * @param code null when the file has none
 * @param reason null when the file has none
 * @see <a href="https://www.hl7.org/implement/standards/product_brief.cfm?product_id=185">HL7 v2, segment MSA, table 0008</a>
 */
public record VerdictFile(String kind, String code, String reason) {
    /** The most bytes of a file. */
    public static final int MOST_BYTES = 16 * 1024;

    private static final String HL7 = "MSH";
    private static final Set<String> ACCEPTS = Set.of("AA", "CA");
    private static final Set<String> REJECTS = Set.of("AE", "AR", "CE", "CR");

    /**
     * @param kind as the file's name says it
     * @throws IllegalArgumentException when the file is no verdict, or says another than its name; with the remedy
     */
    public static VerdictFile read(String kind, byte[] file) {
        if (file.length > MOST_BYTES) {
            throw new IllegalArgumentException("Expected at most " + MOST_BYTES + " bytes, found more");
        }
        String text = text(file).strip();
        if (text.startsWith(HL7) && text.length() > HL7.length() && !Character.isLetterOrDigit(text.charAt(3))) {
            return acknowledgement(kind, text);
        }
        if (text.startsWith("{")) {
            return json(kind, text);
        }
        return new VerdictFile(kind, null, text.isEmpty() ? null : text);
    }

    /** UTF-8; an HL7 message may be ISO 8859-1, and framed as MLLP does. */
    private static String text(byte[] file) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(file))
                    .toString();
            return unframed(text);
        } catch (CharacterCodingException e) {
            String text = unframed(new String(file, StandardCharsets.ISO_8859_1));
            if (text.startsWith(HL7)) {
                return text;
            }
            throw new IllegalArgumentException("Expected a text in UTF-8, found other bytes. Write it again", e);
        }
    }

    private static String unframed(String text) {
        return text.replace("\u000b", "").replace("\u001c", "");
    }

    private static VerdictFile acknowledgement(String kind, String text) {
        String separator = text.substring(3, 4);
        List<String> codes = Stream.of(text.split("[\r\n]+"))
                .map(String::strip)
                .filter(segment -> segment.startsWith("MSA" + separator))
                .map(segment -> segment.split(Pattern.quote(separator), -1)[1].strip())
                .distinct()
                .toList();
        if (codes.size() != 1 || !ACCEPTS.contains(codes.get(0)) && !REJECTS.contains(codes.get(0))) {
            throw new IllegalArgumentException(
                    "Expected an HL7 acknowledgement with one of AA, AE, AR, CA, CE and CR in" + " MSA-1, found "
                            + (codes.isEmpty() ? "no segment MSA" : "'" + printable(codes) + "'"));
        }
        String said = ACCEPTS.contains(codes.get(0)) ? Verdict.ACCEPTED : Verdict.REJECTED;
        if (!said.equals(kind)) {
            throw new IllegalArgumentException("Expected an acknowledgement that says " + kind
                    + ", as the file's name does, found " + codes.get(0) + ". Name it ." + said);
        }
        return new VerdictFile(kind, codes.get(0), text.replaceAll("\r\n?", "\n"));
    }

    private static String printable(List<String> codes) {
        return Printable.of(String.join(", ", codes));
    }

    private static VerdictFile json(String kind, String text) {
        JsonNode json = Json.read(text.getBytes(StandardCharsets.UTF_8), JsonNode.class);
        JsonNode said = json.path("kind");
        if (!said.isMissingNode() && !kind.equals(said.textValue())) {
            throw new IllegalArgumentException("Expected the kind " + kind + ", as the file's name says, found "
                    + Printable.of(said.toString()) + ". Correct one of them");
        }
        JsonNode code = json.path("code");
        if (!code.isMissingNode() && !code.isTextual()) {
            throw new IllegalArgumentException("Expected a text in the field code, found another value");
        }
        JsonNode reason = json.path("reason");
        String words = reason.isTextual() ? reason.textValue().strip() : text;
        return new VerdictFile(
                kind, code.isTextual() ? Verdict.requireCode(code.textValue()) : null, words.isEmpty() ? null : words);
    }
}
