package io.saddlebag.hq.renewals;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.identity.PrivateFiles;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The folder {@code renewals/<SITE>/} of headquarters' home: one request a site, {@value #REQUEST}. People carry it to the
 * CA's keeper and put {@value #ANSWER} or {@value #REFUSAL} next to it. For any number of threads.
 */
public final class RenewalFolder {
    public static final String NAME = "renewals";
    public static final String REQUEST = "request.json";
    public static final String ANSWER = "answer.pem";
    public static final String REFUSAL = "refused.txt";

    private static final int MAX_ANSWER = 64 * 1024;
    private static final int MAX_REASON = 1024;

    private final Path folder;

    /** @param home of headquarters */
    public RenewalFolder(Path home) {
        this.folder = home.resolve(NAME);
    }

    /** How a request is doing, as the wire names it. */
    public enum State {
        NONE,
        WAITING,
        ANSWERED,
        REFUSED
    }

    /**
     * A site's request and what became of it.
     *
     * @param request the SHA-256 of the request in hexadecimal digits; null when there is none
     * @param body the answer, or the reason of the refusal as UTF-8; empty otherwise
     */
    public record Found(State state, String request, byte[] body) {}

    public Path requestOf(SiteId site) {
        return of(site).resolve(REQUEST);
    }

    private Path of(SiteId site) {
        return folder.resolve(site.value());
    }

    /**
     * Keeps a request in the place of the one before, whose answer goes.
     *
     * @return false when it was there already
     */
    public synchronized boolean put(SiteId site, byte[] request) throws IOException {
        Path file = requestOf(site);
        if (Files.exists(file) && Arrays.equals(Files.readAllBytes(file), request)) {
            return false;
        }
        AtomicFiles.createPrivateFolder(folder);
        AtomicFiles.createPrivateFolder(of(site));
        Files.deleteIfExists(of(site).resolve(ANSWER));
        Files.deleteIfExists(of(site).resolve(REFUSAL));
        PrivateFiles.replace(file, request);
        return true;
    }

    /**
     * Puts an answer or a refusal that another home of headquarters was given next to the request.
     *
     * @param state {@code ANSWERED} or {@code REFUSED}
     */
    public synchronized void settle(SiteId site, State state, byte[] body) throws IOException {
        PrivateFiles.replace(of(site).resolve(state == State.ANSWERED ? ANSWER : REFUSAL), body);
    }

    public synchronized Found find(SiteId site) throws IOException {
        Path file = requestOf(site);
        if (!Files.exists(file)) {
            return new Found(State.NONE, null, new byte[0]);
        }
        String request = Sha256.of(Files.readAllBytes(file)).hex();
        Path answer = of(site).resolve(ANSWER);
        Path refusal = of(site).resolve(REFUSAL);
        if (Files.exists(answer)) {
            return new Found(State.ANSWERED, request, bytes(answer, MAX_ANSWER));
        }
        if (Files.exists(refusal)) {
            return new Found(State.REFUSED, request, bytes(refusal, MAX_REASON));
        }
        return new Found(State.WAITING, request, new byte[0]);
    }

    private static byte[] bytes(Path file, int most) throws IOException {
        if (Files.size(file) > most) {
            throw new IOException(file + ": expected at most " + most + " bytes, found " + Files.size(file));
        }
        return Files.readAllBytes(file);
    }

    /** The reason of a refusal. */
    public static String reason(Found refused) {
        return new String(refused.body(), StandardCharsets.UTF_8).strip();
    }
}
