package io.saddlebag.seal;

import com.exceptionfactory.jagged.FileKey;
import com.exceptionfactory.jagged.RecipientStanza;
import com.exceptionfactory.jagged.RecipientStanzaReader;
import com.exceptionfactory.jagged.RecipientStanzaWriter;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.util.List;

/**
 * The stanza {@code -> saddlebag/ctx ARGUMENT} with an empty body. It wraps no key: it lies under the header's
 * authentication code, and age readers that do not know it pass it over (C2SP age, "Recipient stanza").
 */
record ContextStanza(String argument) implements RecipientStanza {
    static final String TYPE = "saddlebag/ctx";

    @Override
    public String getType() {
        return TYPE;
    }

    @Override
    public List<String> getArguments() {
        return List.of(argument);
    }

    @Override
    public byte[] getBody() {
        return new byte[0];
    }

    static RecipientStanzaWriter writer(SenderBinding binding) {
        List<RecipientStanza> stanzas = List.of(new ContextStanza(binding.stanzaArgument()));
        return fileKey -> stanzas;
    }

    /** Reads as {@code reader} does, if the header holds the stanza for {@code expected} exactly once. */
    static RecipientStanzaReader bound(RecipientStanzaReader reader, SenderBinding expected) {
        String argument = expected.stanzaArgument();
        return stanzas -> {
            FileKey fileKey = reader.getFileKey(stanzas);
            requireOnce(stanzas, argument, expected);
            return fileKey;
        };
    }

    private static void requireOnce(Iterable<RecipientStanza> stanzas, String argument, SenderBinding expected)
            throws GeneralSecurityException {
        int found = 0;
        for (RecipientStanza stanza : stanzas) {
            if (TYPE.equals(stanza.getType())) {
                found++;
                if (!stanza.getArguments().equals(List.of(argument)) || stanza.getBody().length != 0) {
                    throw new InvalidKeyException("the stanza " + TYPE + " is for another message, sender or network"
                            + " than " + expected.messageId() + " of " + expected.senderId());
                }
            }
        }
        if (found != 1) {
            throw new InvalidKeyException("expected the stanza " + TYPE + " once, found it " + found + " times");
        }
    }
}
