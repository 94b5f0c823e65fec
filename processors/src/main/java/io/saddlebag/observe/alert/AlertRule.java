package io.saddlebag.observe.alert;

/** The alerts that a site knows of itself, by the names of docs/monitoring/saddlebag-alerts.yml, each with its remedy. */
public enum AlertRule {
    LINK_DOWN(
            "LinkDown",
            true,
            "The log of the site names the reason at \"no connection to\". Files wait and are sent afterwards."),
    NODE_LINK_DOWN(
            "NodeLinkDown",
            false,
            "The log of the centre names the reason at \"no connection to\". Other nodes take over what the node had."),
    SITE_AWAY("SiteAway", true, "Look at the site, or at the network between, and tell its operator."),
    FILES_STUCK(
            "FilesStuck",
            false,
            "The log of the site says what it waits for, as a rule a recipient's key or the connection."),
    DELIVERY_STUCK(
            "DeliveryStuck",
            false,
            "See that the centre of that queue runs, and read in its log why it takes nothing."),
    QUEUE_WITHOUT_CONSUMER("QueueWithoutConsumer", false, "See that the centre of that queue runs and is connected."),
    DEAD_LETTERS(
            "DeadLetters",
            false,
            "List them with \"saddlebag dead list\", end the cause, then requeue or discard them."),
    FILES_FAILED("FilesFailed", false, "Read the .reason.json files in failed/ and tell whoever dropped the files."),
    RECEIPT_FAULT(
            "ReceiptFault",
            true,
            "The log of the laboratory names message and reason. Headquarters or a centre is at fault, or is lying."),
    MESSAGE_REJECTED(
            "MessageRejected",
            false,
            "Read why with \"saddlebag where\" or in sent/, and tell whoever dropped the file."),
    VERDICT_OVERDUE(
            "VerdictOverdue",
            false,
            "Ask who reads that outbox. Change verdict or verdict-within in the route if nobody is to say anything."),
    MESSAGES_MISSING(
            "MessagesMissing",
            false,
            "Ask the sender whether they failed there, and headquarters whether they wait or are dead letters."),
    INTAKE_PAUSED(
            "IntakePaused",
            false,
            "The log of the centre names the trouble at \"takes no deliveries now\", as a rule a full disk."),
    SILENT_ROUTE(
            "SilentRoute", false, "Ask whoever fills that folder. Change expect in the route if the silence is right."),
    CERTIFICATE_EXPIRES_SOON("CertificateExpiresSoon", false, "Renew it with \"saddlebag renew\"."),
    CERTIFICATE_EXPIRED(
            "CertificateExpired", true, "Renew it with \"saddlebag enrol request\", since the connection is refused."),
    KEYS_UNUSABLE(
            "KeysUnusable",
            false,
            "See that the centre runs and is connected, and that its certificate counts. Files for it wait."),
    REVOCATION_LIST_OLD(
            "RevocationListOld",
            false,
            "Make a new list at the CA with \"saddlebag init list\" and give it to headquarters, which hands it out."),
    STORAGE_LOW(
            "StorageLow",
            false,
            "Make room on that disk. Nothing is lost when it is full, but nothing is taken either."),
    STORAGE_FULL_PREDICTED("StorageFullPredicted", false, "Make room on that disk, or see what grows there."),
    CLOCKS_DIFFER(
            "ClocksDiffer",
            false,
            "Correct the one that is wrong; messages with a ttl expire by the clock of headquarters."),
    TOPOLOGY_FAULT(
            "TopologyFault", false, "The log of headquarters names file, line and remedy. The last good one counts."),
    NODE_AWAY(
            "NodeAway",
            true,
            "Look at that node and start it again; the others do its work. One that was taken out is forgotten after a day."),
    AUDIT_FINDINGS("AuditFindings", true, "Run \"saddlebag audit\" and read what it finds."),
    BACKUP_TOO_OLD(
            "BackupTooOld", false, "See why \"saddlebag backup\" fails, such as its timer or a full disk, and run it.");

    private final String text;
    private final boolean pages;
    private final String remedy;

    AlertRule(String text, boolean pages, String remedy) {
        this.text = text;
        this.pages = pages;
        this.remedy = remedy;
    }

    /** The name, as the rules for Prometheus have it. */
    public String text() {
        return text;
    }

    /** {@code page} when it cannot wait for the next day, else {@code warn}. */
    public String severity() {
        return pages ? "page" : "warn";
    }

    public String remedy() {
        return remedy;
    }
}
