package io.saddlebag.files;

import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The name of a file in a drop folder, judged: {@code SITE_TYPE_YYYYMMDD_SEQ[.ext]}, the site being the one that drops
 * it. The part before the first dot is the message_id.
 *
 * @param fileName as dropped but composed (NFC), without folders
 * @param messageId the id under which it travels; null while one is still to be assigned
 * @param extension the part after the first dot; empty when there is none
 */
public record DroppedName(String fileName, MessageId messageId, String extension) {
    /** The suffix of the marker that says that a dropped file is complete. */
    public static final String READY_MARKER = ".ready";
    /** The suffix of the marker that says that a dropped folder is complete and has to be a BagIt bag. */
    public static final String BAG_MARKER = ".bagit";
    /** The ending of the standardized file in a centre's outbox, which no dropped file may have. */
    public static final String STANDARDIZED_SUFFIX = ".message.json";

    /** The endings of route files, which no dropped file may have. */
    private static final List<String> ROUTE_SUFFIXES = List.of(".camel.yaml", ".camel.yml");

    /** How a refusal of a name ends, when nothing better is known. */
    public static final String RENAME = ". Rename the file and drop it again";

    private static final int MAX_EXTENSION = 64;
    private static final Pattern FIRST_READ = Pattern.compile("_[rR]1$");
    private static final Pattern EXTENSION = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?");

    /** True when a scan of a drop folder skips the name: hidden, a marker, or no data. */
    public static boolean isPassedOver(String fileName, SystemFiles systemFiles) {
        return fileName.startsWith(".") || isMarker(fileName) || systemFiles.contains(fileName);
    }

    /** The name of the file or folder that the marker belongs to. */
    public static String markedBy(String marker) {
        String lower = marker.toLowerCase(Locale.ROOT);
        String ending = lower.endsWith(READY_MARKER) ? READY_MARKER : BAG_MARKER;
        return marker.substring(0, marker.length() - ending.length());
    }

    public static boolean isMarker(String fileName) {
        String lower = fileName.toLowerCase(Locale.ROOT);
        return lower.endsWith(READY_MARKER) || lower.endsWith(BAG_MARKER);
    }

    /**
     * The name of a file that holds a message_id. A name with letters and accents apart, as Macs write them, is composed.
     *
     * @param own the site whose drop folder it is
     * @throws Refusal BAD_NAME when no message_id can be read from it, WRONG_SENDER when it names another site
     */
    public static DroppedName judge(String dropped, SiteId own) {
        String fileName = carriable(dropped);
        int dot = fileName.indexOf('.');
        MessageId messageId;
        try {
            messageId = MessageId.of(stem(fileName));
        } catch (IllegalArgumentException e) {
            boolean isPairedRead = FIRST_READ.matcher(stem(fileName)).find();
            throw new Refusal(
                    Refusal.Code.BAD_NAME,
                    e.getMessage()
                            + RENAME
                            + (isPairedRead ? "; paired reads travel together under one stem (group: stem)" : ""),
                    e);
        }
        String extension = dot < 0 ? "" : fileName.substring(dot + 1);
        boolean plain = extension.length() <= MAX_EXTENSION
                && EXTENSION.matcher(extension).matches();
        if (dot >= 0 && !plain) {
            throw new Refusal(
                    Refusal.Code.BAD_NAME,
                    "Expected an ending of at most " + MAX_EXTENSION + " letters, digits, dots, hyphens and"
                            + " underscores, found '" + Printable.of(fileName) + "'" + RENAME);
        }
        if (!messageId.sender().equals(own)) {
            throw new Refusal(
                    Refusal.Code.WRONG_SENDER,
                    "Expected a name that begins with this site's id " + own + ", found '" + Printable.of(fileName)
                            + "'. If it is of " + messageId.sender() + ", drop it there" + RENAME);
        }
        return new DroppedName(fileName, messageId, extension);
    }

    /**
     * The name of a file in a folder that assigns ids: a name with a message_id keeps it, any other has none yet.
     *
     * @throws Refusal as {@link #judge}, but for a name that is no message_id
     */
    public static DroppedName judgeAny(String dropped, SiteId own) {
        String fileName = carriable(dropped);
        if (MessageId.isOne(stem(fileName))) {
            return judge(fileName, own);
        }
        return new DroppedName(fileName, null, fileName.substring(fileName.lastIndexOf('.') + 1));
    }

    /** The same file under the id that it was given. */
    public DroppedName under(MessageId id) {
        return new DroppedName(fileName, id, extension);
    }

    private static String carriable(String dropped) {
        String fileName = Normalizer.normalize(dropped, Normalizer.Form.NFC);
        PortableName.require(fileName);
        requireNoRoute(fileName, fileName);
        if (("." + fileName.toLowerCase(Locale.ROOT)).endsWith(STANDARDIZED_SUFFIX)) {
            throw new Refusal(
                    Refusal.Code.BAD_NAME,
                    "Expected a name that does not end in " + STANDARDIZED_SUFFIX
                            + ", which names the standardized file at the centre; found '"
                            + Printable.of(fileName) + "'" + RENAME);
        }
        return fileName;
    }

    /**
     * A payload with the ending of a route file would run as code wherever it got into a site's routes.
     *
     * @param fileName judged
     * @param shown the name to show
     * @throws Refusal BAD_NAME when it has that ending, in capitals or not
     */
    public static void requireNoRoute(String fileName, String shown) {
        String lower = "." + fileName.toLowerCase(Locale.ROOT);
        for (String ending : ROUTE_SUFFIXES) {
            if (lower.endsWith(ending)) {
                throw new Refusal(
                        Refusal.Code.BAD_NAME,
                        "Expected a name that does not end in " + ending + ", which a site runs as a route; found '"
                                + Printable.of(shown) + "'. Rename the file, such as to "
                                + ending.substring(1).replace('.', '-') + ".txt, and drop it again");
            }
        }
    }

    /** The part before the first dot. */
    public static String stem(String fileName) {
        int dot = fileName.indexOf('.');
        return dot < 0 ? fileName : fileName.substring(0, dot);
    }
}
