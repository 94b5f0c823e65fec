package io.saddlebag.seal;

import com.exceptionfactory.jagged.RecipientStanzaReader;
import com.exceptionfactory.jagged.RecipientStanzaWriter;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaReaderFactory;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaWriterFactory;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.Locale;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.X25519PublicKeyParameters;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** The kinds of age keys that are sealed for and opened with (C2SP age, "Native recipient types"). */
enum AgeKeyKind {
    /** {@code age1...}, of 62 characters. */
    X25519("age", "AGE-SECRET-KEY-", X25519PublicKeyParameters.KEY_SIZE) {
        @Override
        byte[] recipientOf(byte[] secret) {
            return new X25519PrivateKeyParameters(secret).generatePublicKey().getEncoded();
        }

        @Override
        RecipientStanzaReader reader(Bech32 secret, Provider agreement) throws GeneralSecurityException {
            return X25519RecipientStanzaReaderFactory.newRecipientStanzaReader(secretText(secret.data()), agreement);
        }

        @Override
        RecipientStanzaWriter writer(Bech32 recipient, Provider agreement) throws GeneralSecurityException {
            return X25519RecipientStanzaWriterFactory.newRecipientStanzaWriter(recipient.encode(), agreement);
        }

        @Override
        void requireUsable(byte[] recipient) {
            X25519PrivateKeyParameters any = new X25519PrivateKeyParameters(new SecureRandom());
            any.generateSecret(
                    new X25519PublicKeyParameters(recipient), new byte[X25519PrivateKeyParameters.SECRET_SIZE], 0);
        }
    },
    /** {@code age1pq1...}, of 1959 characters: secure as long as one of ML-KEM-768 and X25519 is. */
    HYBRID("age1pq", "AGE-SECRET-KEY-PQ-", HybridHpke.RECIPIENT) {
        @Override
        byte[] recipientOf(byte[] secret) {
            return HybridHpke.recipientOf(secret);
        }

        @Override
        RecipientStanzaReader reader(Bech32 secret, Provider agreement) {
            return HybridStanza.reader(secret.data(), HybridHpke.by(agreement));
        }

        @Override
        RecipientStanzaWriter writer(Bech32 recipient, Provider agreement) {
            return HybridStanza.writer(recipient.data(), HybridHpke.by(agreement));
        }

        @Override
        void requireUsable(byte[] recipient) throws GeneralSecurityException {
            HybridHpke.by(new BouncyCastleProvider()).seal(recipient, new byte[0], new byte[0], new byte[0]);
        }
    };

    /** Bytes of the private key of each kind. */
    static final int SECRET = 32;

    private final String recipientPrefix;
    private final String secretPrefix;
    private final int recipientLength;

    AgeKeyKind(String recipientPrefix, String secretPrefix, int recipientLength) {
        this.recipientPrefix = recipientPrefix;
        this.secretPrefix = secretPrefix;
        this.recipientLength = recipientLength;
    }

    /** @throws IllegalArgumentException when the decoded text is the private key of no kind */
    static AgeKeyKind ofSecret(Bech32 secret) {
        for (AgeKeyKind kind : values()) {
            if (secret.prefix().equals(kind.secretPrefix) && secret.data().length == SECRET) {
                return kind;
            }
        }
        throw new IllegalArgumentException("Expected the private key of an age identity, found something else");
    }

    /** @throws IllegalArgumentException when the decoded text is the public key of no kind */
    static AgeKeyKind ofRecipient(Bech32 recipient) {
        for (AgeKeyKind kind : values()) {
            if (recipient.prefix().equals(kind.recipientPrefix) && recipient.data().length == kind.recipientLength) {
                return kind;
            }
        }
        throw new IllegalArgumentException("Expected an age recipient, found something else");
    }

    String secretText(byte[] secret) {
        return new Bech32(secretPrefix, secret).encode().toUpperCase(Locale.ROOT);
    }

    String recipientText(byte[] secret) {
        return new Bech32(recipientPrefix, recipientOf(secret)).encode();
    }

    /** The public key of a private one. */
    abstract byte[] recipientOf(byte[] secret);

    /** Reads the stanzas that were sealed for the private key. */
    abstract RecipientStanzaReader reader(Bech32 secret, Provider agreement) throws GeneralSecurityException;

    /** Writes a stanza for the public key. */
    abstract RecipientStanzaWriter writer(Bech32 recipient, Provider agreement) throws GeneralSecurityException;

    /** @throws GeneralSecurityException or a RuntimeException when nobody can seal for the public key */
    abstract void requireUsable(byte[] recipient) throws GeneralSecurityException;
}
