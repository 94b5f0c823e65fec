package io.saddlebag.failpoint;

/**
 * The steps after which a power cut would be worst: every fsync, rename, commit, confirm and acknowledgement on a
 * message's way. For tests: a process started with {@code -Dsaddlebag.failpoint=NAME} ends, as a kill would end it, the
 * first time that it comes to that step. Without the property a step costs the comparison of two constants.
 */
public enum Failpoint {
    /** A home notes which stores it is about to make or mark; none of them is. */
    STORES_BEGUN,
    /** The stores bear the home's identity; the home does not note yet that they do. */
    STORES_MARKED,

    /** The file has a random name among the lab's claims, unjudged and unrecorded. */
    LAB_CLAIMED,
    /** The claim is in the lab's journal, the file still among the claims. */
    LAB_CLAIM_RECORDED,
    /** The file has its name in the work folder. */
    LAB_CLAIM_MOVED,
    /** The sealed message is synced and has its name. */
    LAB_SEALED,
    /** The manifest and its place in the sequence are committed. */
    LAB_MANIFEST_RECORDED,
    /** The signed manifest is committed. */
    LAB_SIGNED,
    /** A frame of the message was handed to the connection. */
    LAB_FRAME_SENT,
    /** Headquarters' RECEIPT for the whole message is in. */
    LAB_CONFIRMED,
    /** The file is in {@code sent/}. */
    LAB_SENT_MOVED,
    /** The journal knows that it was sent; the work folder still holds the sealed message. */
    LAB_SENT_RECORDED,
    /** The signed receipts of a message are written, and synced when they are all, under a hidden name. */
    LAB_RECEIPTS_STAGED,
    /** They have their name; the journal still asks for them. */
    LAB_RECEIPTS_PLACED,
    /** The journal knows that all of them are there. */
    LAB_RECEIPTS_RECORDED,

    /** A part of an upload is written. */
    HQ_PART_WRITTEN,
    /** A whole upload is synced under its temporary name. */
    HQ_UPLOAD_SYNCED,
    /** A whole upload has its name in the spool. */
    HQ_UPLOAD_RENAMED,
    /** The numbers of files to come are reserved, synced and named; none of them is used. */
    HQ_NUMBERS_RESERVED,
    /** A new, empty segment is in the spool's folder. */
    HQ_SEGMENT_CREATED,
    /** The payloads of a group are in the segment, nothing of it synced or committed. */
    HQ_PAYLOADS_PUT,
    /** The spool is synced; whether the rows are committed is open. */
    HQ_SPOOL_SYNCED,
    /** The rows are committed; whether the spool is synced is open. */
    HQ_ROWS_COMMITTED,
    /** Both are done, no confirmation was sent. */
    HQ_PUBLISH_DURABLE,
    /** The RECEIPT for a publication is about to leave. */
    HQ_CONFIRMING,
    /** The first frame of a delivery was handed to the connection. */
    HQ_DELIVERED,
    /** An acknowledgement has come, nothing of it is committed. */
    HQ_ACKNOWLEDGEMENT_READ,
    /** The acknowledgement is committed, its payload not yet dropped. */
    HQ_SETTLED,

    /** Some of the parts of a delivery are in the centre's work folder. */
    RC_PART_WRITTEN,
    /** A message of several parts is opened into the work folder, its digest not yet checked. */
    RC_OPENED_AHEAD,
    /** The message is opened into the work folder. */
    RC_OPENED,
    /** The payload has its name in the outbox. */
    RC_PAYLOAD_PLACED,
    /** The standardized file is synced under its hidden name. */
    RC_FACTS_STAGED,
    /** The journal knows that the message is about to appear. */
    RC_ANNOUNCED,
    /** The standardized file has its name. */
    RC_FACTS_PLACED,
    /** The delivery and its signed receipt are committed to the journal. */
    RC_JOURNALLED,
    /** The acknowledgement was handed to the connection. */
    RC_ACKNOWLEDGEMENT_SENT,
    /** Headquarters has confirmed the acknowledgement. */
    RC_ACKNOWLEDGED;

    /** The system property that arms one. */
    public static final String PROPERTY = "saddlebag.failpoint";
    /** The exit status of an armed process. */
    public static final int EXIT_CODE = 86;

    private static final String ARMED = System.getProperty(PROPERTY);

    /** Ends the process here if it was started to end here: no hook runs, nothing is flushed or closed. */
    public void reached() {
        if (ARMED != null && ARMED.equals(name())) {
            Runtime.getRuntime().halt(EXIT_CODE);
        }
    }
}
