package io.saddlebag.identity;

import java.io.IOException;

/** The passphrase of private keys. It is read only when a key is encrypted. */
@FunctionalInterface
public interface PassphraseSource {
    /**
     * Null when there is none.
     *
     * @throws IOException when its file is open to others or holds none
     */
    char[] get() throws IOException;

    /** The place in which a passphrase is expected, for errors. */
    default String place() {
        return "the file that an option or setting names";
    }

    /** @param place such as a path with its setting, or an option */
    static PassphraseSource of(String place, PassphraseSource passphrase) {
        return new PassphraseSource() {
            @Override
            public char[] get() throws IOException {
                return passphrase.get();
            }

            @Override
            public String place() {
                return place;
            }
        };
    }

    /** The text of an error about an encrypted key for which there is no passphrase. */
    default String noneGiven() {
        return "the key is encrypted, and no passphrase was found in " + place()
                + ". Put it there, on the first line of a" + " file for its owner alone (chmod 0600)";
    }

    /** The text of an error about a passphrase that opens no key. */
    default String notOfThisKey() {
        return "the passphrase in " + place() + " does not open this key. Put the right one there";
    }
}
