package io.saddlebag.audit;

import io.saddlebag.dsse.Envelope;
import io.saddlebag.identity.Trust;
import io.saddlebag.lab.receipts.SentReceipts;
import io.saddlebag.message.Json;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.TreeHead;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The digests by which headquarters' log knows the documents in files. */
public final class LogDocuments {
    private static final String RECEIPTS = ".receipts.json";

    private LogDocuments() {}

    /** By what it is of, each digest that the log should have of this file. */
    public static Map<String, Sha256> in(Path file) throws IOException {
        Map<String, Sha256> digests = new LinkedHashMap<>();
        if (file.getFileName().toString().endsWith(RECEIPTS)) {
            SentReceipts receipts = ReceiptProof.read(file);
            digests.put(receipts.messageId() + ", its manifest", receipts.manifestSha256());
            for (SentReceipts.Recipient each : receipts.recipients()) {
                if (each.receipt() != null) {
                    digests.put(
                            receipts.messageId() + ", the receipt of " + each.receiverClientId(),
                            Sha256.of(Envelope.parse(Json.write(each.receipt())).payload()));
                }
                if (each.verdict() != null && each.verdict().fault() == null) {
                    digests.put(
                            receipts.messageId() + ", the verdict of " + each.receiverClientId(),
                            Sha256.of(Envelope.parse(Json.write(each.verdict().envelope()))
                                    .payload()));
                }
            }
            return digests;
        }
        byte[] bytes = Files.readAllBytes(file);
        try {
            digests.put(file.toString(), Sha256.of(Envelope.parse(bytes).payload()));
        } catch (Refusal e) {
            digests.put(file.toString(), Sha256.of(bytes));
        }
        return digests;
    }

    /** The signed head in a file, or in the first line of one. */
    public static TreeHead head(Path file, Trust trust) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            return LogProof.head(file, String.valueOf(lines.readLine()).getBytes(StandardCharsets.UTF_8), trust);
        }
    }
}
