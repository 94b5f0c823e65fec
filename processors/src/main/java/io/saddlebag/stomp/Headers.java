package io.saddlebag.stomp;

/** The header names of the wire: those of STOMP 1.2 and Saddlebag's own, which docs/wire.md explains. */
public final class Headers {
    public static final String ACCEPT_VERSION = "accept-version";
    public static final String ACK = "ack";
    public static final String CONTENT_LENGTH = "content-length";
    public static final String CONTENT_TYPE = "content-type";
    public static final String DESTINATION = "destination";
    public static final String HEART_BEAT = "heart-beat";
    public static final String HOST = "host";
    public static final String ID = "id";
    public static final String MESSAGE = "message";
    public static final String MESSAGE_ID_OF_STOMP = "message-id";
    public static final String RECEIPT = "receipt";
    public static final String RECEIPT_ID = "receipt-id";
    public static final String SERVER = "server";
    public static final String SESSION = "session";
    public static final String SUBSCRIPTION = "subscription";
    /** On CONNECT and CONNECTED: the sender's clock as it sends the frame, UTC (RFC 3339). */
    public static final String TIME = "time";

    public static final String TRANSACTION = "transaction";
    public static final String VERSION = "version";

    /** On CONNECT, {@value #REJECTIONS_AS_RECEIPT}: a refusal comes as a RECEIPT and the connection stays. */
    public static final String REJECTIONS = "rejections";

    public static final String REJECTIONS_AS_RECEIPT = "receipt";
    /** On a RECEIPT: {@value #STATUS_REJECTED}, with {@link #CODE} and {@link #REASON}. */
    public static final String STATUS = "status";

    public static final String STATUS_REJECTED = "rejected";
    public static final String CODE = "code";
    public static final String REASON = "reason";

    public static final String MESSAGE_ID = "message_id";
    public static final String SENDER_ID = "sender_id";
    public static final String SENT_TIMESTAMP = "sent_timestamp";
    public static final String ROUTING_KEY = "routing_key";
    public static final String RECEIVER_CLIENT_ID = "receiver_client_id";
    /** See {@link Part}. */
    public static final String PART = "part";
    /** On the RECEIPT for a part: the number of the part that headquarters wants next. */
    public static final String NEXT_PART = "next-part";
    /** On SUBSCRIBE: {@code <message_id>=<k>,...}, the first missing parts of deliveries that broke off. */
    public static final String RESUME = "resume";
    /** How many bytes of the first part's body are the manifest's DSSE envelope. */
    public static final String MANIFEST_LENGTH = "manifest-length";

    /** The number of times that headquarters has sent the delivery, this one included. */
    public static final String ATTEMPT = "attempt";

    /** On a MESSAGE of {@code /renewal}: what became of the site's request. */
    public static final String STATE = "state";
    /** On a MESSAGE of {@code /renewal}: which request that is. */
    public static final String REQUEST_SHA256 = "request-sha256";

    public static final String SITE_ID = "site_id";
    public static final String KEY_VERSION = "key-version";
    public static final String PREFETCH_COUNT = "prefetch-count";
    public static final String REQUEUE = "requeue";
    /** On a NACK with {@link #REASON}, a code: more of it for the sender alone, encrypted, base64. */
    public static final String REFUSAL_DETAIL = "refusal-detail";
    /** On an ACK: the delivery receipt's DSSE envelope, base64. */
    public static final String DELIVERY_RECEIPT = "delivery-receipt";

    /** On a MESSAGE from {@link #LOG}: {@code <from>/<to>}, the sizes that the proof in the body is between. */
    public static final String LOG_PROOF = "log-proof";

    /** On a MESSAGE from {@link #WHERE}, {@code true}: more messages match than are answered. */
    public static final String MORE = "more";

    /** On SUBSCRIBE to {@code /receipts/<site>}, {@code true}: verdicts come too, and are confirmed. */
    public static final String VERDICTS_WANTED = "verdicts";

    public static final String EXCHANGE_PREFIX = "/exchange/";
    public static final String QUEUE_PREFIX = "/queue/";
    public static final String KEYS = "/keys";
    public static final String KEYS_PREFIX = "/keys/";
    public static final String RECEIPTS = "/receipts";
    public static final String RECEIPTS_PREFIX = "/receipts/";
    /** Takes a receiver's verdict. */
    public static final String VERDICTS = "/verdicts";
    /** Takes the digests of the verdicts that a sender has, and answers with more. */
    public static final String VERDICTS_NEXT = "/verdicts/next";

    public static final String LOG = "/log";
    public static final String LOG_PREFIX = "/log/";
    public static final String CHAIN = "/chain";
    public static final String CHAIN_PREFIX = "/chain/";
    public static final String REVOCATIONS = "/revocations";
    public static final String WHERE = "/where";
    public static final String WHERE_PREFIX = "/where/";
    public static final String RENEWAL = "/renewal";
    /** Takes the header {@link #RESUME} for a subscription that is open. */
    public static final String RESUMES = "/resume";

    public static final String RENEWAL_PREFIX = "/renewal/";

    private Headers() {}
}
