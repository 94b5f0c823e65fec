package io.saddlebag.message;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;

/**
 * Writes a text of others into JSON that people look at: what {@link Printable} does not print is escaped, so that no name
 * moves a terminal. A reader gets the text as it was.
 */
public final class PrintableString extends StdSerializer<String> {
    private static final long serialVersionUID = 1L;

    public PrintableString() {
        super(String.class);
    }

    @Override
    public void serialize(String text, JsonGenerator json, SerializerProvider provider) throws IOException {
        if (text.codePoints().allMatch(Printable::isPlain)) {
            json.writeString(text);
            return;
        }
        StringBuilder quoted = new StringBuilder(text.length() + 16).append('"');
        text.codePoints().forEach(codePoint -> append(quoted, codePoint));
        json.writeRawValue(quoted.append('"').toString());
    }

    private static void append(StringBuilder quoted, int codePoint) {
        if (!Printable.isPlain(codePoint)) {
            for (char unit : Character.toChars(codePoint)) {
                quoted.append(String.format("\\u%04X", (int) unit));
            }
        } else if (codePoint == '"' || codePoint == '\\') {
            quoted.append('\\').append((char) codePoint);
        } else {
            quoted.appendCodePoint(codePoint);
        }
    }
}
