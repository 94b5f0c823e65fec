package io.saddlebag.lab.bag;

import io.saddlebag.files.tree.FolderTar;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The lines of a bag's tag file, ended by LF, CR or both (RFC 8493, section 2.2), none longer than a limit. */
final class TagLines implements Closeable {
    static final int MAX_LINE = 8 * 1024;

    private final Reader reader;
    private final String name;
    private int number;
    private boolean afterReturn;

    private TagLines(Reader reader, String name) {
        this.reader = reader;
        this.name = name;
    }

    /**
     * @param name of the file, for a reason
     * @throws Refusal {@code BAD_FILE} when it is not there, no file or closed to this site
     */
    static TagLines open(Path file, String name, Charset encoding) throws IOException {
        try {
            return new TagLines(
                    new BufferedReader(new InputStreamReader(FolderTar.openFile(file), encoding.newDecoder())), name);
        } catch (NoSuchFileException e) {
            throw new Refusal(
                    Refusal.Code.BAD_FILE,
                    "Expected " + Printable.of(name) + " in the bag, found none. Put the bag right and drop it again",
                    e);
        }
    }

    /**
     * The next line without its end; null after the last.
     *
     * @throws Refusal {@code BAD_FILE} when it is too long or not of the encoding
     */
    String next() throws IOException {
        StringBuilder line = new StringBuilder();
        try {
            int character = reader.read();
            if (afterReturn && character == '\n') {
                character = reader.read();
            }
            afterReturn = false;
            if (character < 0) {
                return null;
            }
            number++;
            while (character >= 0 && character != '\n' && character != '\r') {
                line.append((char) character);
                if (line.length() > MAX_LINE) {
                    throw malformed("lines of at most " + MAX_LINE + " characters");
                }
                character = reader.read();
            }
            afterReturn = character == '\r';
            return line.toString();
        } catch (CharacterCodingException e) {
            throw malformed("text in the encoding that bagit.txt names");
        }
    }

    /** {@code <file>:<line>} of the line that was read last. */
    String place() {
        return name + ":" + number;
    }

    private Refusal malformed(String expected) {
        return new Refusal(
                Refusal.Code.BAD_FILE,
                "Expected in the bag's " + Printable.of(name) + " " + expected + ", found another in line " + number
                        + ". Put the bag right and drop it again");
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
