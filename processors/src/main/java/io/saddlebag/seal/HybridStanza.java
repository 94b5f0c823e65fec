package io.saddlebag.seal;

import com.exceptionfactory.jagged.FileKey;
import com.exceptionfactory.jagged.RecipientStanza;
import com.exceptionfactory.jagged.RecipientStanzaReader;
import com.exceptionfactory.jagged.RecipientStanzaWriter;
import com.exceptionfactory.jagged.UnsupportedRecipientStanzaException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.util.Base64;
import java.util.List;

/**
 * The stanza {@code -> mlkem768x25519 ENCAPSULATED}, whose body is the file key sealed with HPKE (C2SP age, "The
 * MLKEM768-X25519 hybrid post-quantum recipient type").
 */
record HybridStanza(HybridHpke.Sealed sealed) implements RecipientStanza {
    static final String TYPE = "mlkem768x25519";

    private static final byte[] INFO = "age-encryption.org/mlkem768x25519".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NO_AAD = {};
    /** A file key of 16 bytes and its tag; any other length is refused before it is opened. */
    private static final int BODY = 32;

    @Override
    public String getType() {
        return TYPE;
    }

    @Override
    public List<String> getArguments() {
        return List.of(Base64.getEncoder().withoutPadding().encodeToString(sealed.encapsulated()));
    }

    @Override
    public byte[] getBody() {
        return sealed.ciphertext().clone();
    }

    /** @param recipient {@value HybridHpke#RECIPIENT} bytes */
    static RecipientStanzaWriter writer(byte[] recipient, HybridHpke hpke) {
        return fileKey -> List.of(new HybridStanza(hpke.seal(recipient, INFO, NO_AAD, fileKey.getEncoded())));
    }

    /** @param identity {@value HybridHpke#IDENTITY} bytes */
    static RecipientStanzaReader reader(byte[] identity, HybridHpke hpke) {
        return stanzas -> {
            GeneralSecurityException unopened =
                    new UnsupportedRecipientStanzaException("no stanza " + TYPE + " of the header opens");
            for (RecipientStanza stanza : stanzas) {
                if (TYPE.equals(stanza.getType())) {
                    HybridHpke.Sealed sealed = sealed(stanza);
                    try {
                        return new FileKey(hpke.open(identity, INFO, NO_AAD, sealed));
                    } catch (GeneralSecurityException e) {
                        // Sealed for another recipient, as far as anybody can tell.
                        unopened.addSuppressed(e);
                    }
                }
            }
            throw unopened;
        };
    }

    private static HybridHpke.Sealed sealed(RecipientStanza stanza) throws InvalidKeyException {
        byte[] body = stanza.getBody();
        if (stanza.getArguments().size() != 1 || body.length != BODY) {
            throw new InvalidKeyException(
                    "a stanza " + TYPE + " with " + stanza.getArguments().size() + " arguments and a body of "
                            + body.length + " bytes, in place of 1 and " + BODY);
        }
        byte[] encapsulated = decode(stanza.getArguments().get(0));
        if (encapsulated.length != HybridHpke.ENCAPSULATED) {
            throw new InvalidKeyException("a stanza " + TYPE + " with an encapsulated key of " + encapsulated.length
                    + " bytes, in place of " + HybridHpke.ENCAPSULATED);
        }
        return new HybridHpke.Sealed(encapsulated, body);
    }

    private static byte[] decode(String argument) throws InvalidKeyException {
        try {
            byte[] decoded = Base64.getDecoder().decode(argument);
            if (Base64.getEncoder().withoutPadding().encodeToString(decoded).equals(argument)) {
                return decoded;
            }
        } catch (IllegalArgumentException e) {
            throw new InvalidKeyException("a stanza " + TYPE + " whose argument is not base64", e);
        }
        throw new InvalidKeyException("a stanza " + TYPE + " whose argument is not canonical base64");
    }
}
