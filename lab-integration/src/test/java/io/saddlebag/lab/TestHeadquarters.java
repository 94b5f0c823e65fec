package io.saddlebag.lab;

import io.saddlebag.dsse.Envelope;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.Json;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.seal.AgeIdentity;
import io.saddlebag.seal.CryptoProviders;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.StompLimits;
import io.saddlebag.stomp.server.ConnectionLimits;
import io.saddlebag.testing.ScriptedServer;
import io.saddlebag.testing.TestNetwork;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** The wire's real server side, with headquarters' answers: hands out key bundles, takes parts, confirms or refuses. */
final class TestHeadquarters implements AutoCloseable {
    private final TestNetwork network;
    private final int port;
    private final Map<SiteId, AgeIdentity> ageKeys = new ConcurrentHashMap<>();
    private final Map<SiteId, byte[]> bundles = new ConcurrentHashMap<>();
    private final List<Upload> confirmed = new CopyOnWriteArrayList<>();
    private final Map<String, ByteArrayOutputStream> partial = new ConcurrentHashMap<>();
    private final Map<String, StompFrame> refusals = new ConcurrentHashMap<>();
    private final List<DeliveryOutcome> outcomes = new CopyOnWriteArrayList<>();
    private final List<List<MessageId>> questions = new CopyOnWriteArrayList<>();
    private final List<Sha256> verdictsTaken = new CopyOnWriteArrayList<>();
    private final List<byte[]> told = new CopyOnWriteArrayList<>();
    private final Set<MessageId> lost = ConcurrentHashMap.newKeySet();
    private volatile boolean tellsNoneUnasked;
    private volatile StompFrame chainRefusal;
    private volatile boolean silent;
    private volatile boolean withholdsPartReceipts;
    private volatile int breakAtPart = -1;
    private volatile boolean breaksAlways;
    private volatile int loseUploadAtPart = -1;
    private ScriptedServer server;

    /** A confirmed message as it came. */
    record Upload(byte[] envelope, byte[] sealed) {
        Manifest manifest() {
            return Json.read(Envelope.parse(envelope).payload(), Manifest.class);
        }
    }

    TestHeadquarters(TestNetwork network) {
        this.network = network;
        this.port = ScriptedServer.freePort();
    }

    TestHeadquarters listen() {
        server = ScriptedServer.start(
                network.identity(TestNetwork.HQ), port, StompLimits.DEFAULT, ConnectionLimits.DEFAULT, this::answer);
        return this;
    }

    int port() {
        return port;
    }

    /** Makes a key for the site and a signed bundle of that version. */
    AgeIdentity register(String siteName, long version) {
        SiteId site = SiteId.of(siteName);
        AgeIdentity age = ageKeys.computeIfAbsent(site, each -> AgeIdentity.generate());
        bundles.put(site, bundle(network.identity(site), site, version, Instant.now(), age));
        return age;
    }

    /** As {@link #register}, with a post-quantum key that the bundle names first. */
    AgeIdentity registerPostQuantum(String siteName, long version) {
        SiteId site = SiteId.of(siteName);
        AgeIdentity hybrid = AgeIdentity.generatePostQuantum();
        AgeIdentity plain = ageKeys.computeIfAbsent(site, each -> AgeIdentity.generate());
        bundles.put(site, bundle(network.identity(site), site, version, Instant.now(), hybrid, plain));
        return hybrid;
    }

    /** As {@link #register}, of a bundle that the site issued some time ago. */
    void registerIssued(String siteName, Instant issued) {
        SiteId site = SiteId.of(siteName);
        AgeIdentity age = ageKeys.computeIfAbsent(site, each -> AgeIdentity.generate());
        bundles.put(site, bundle(network.identity(site), site, 1, issued, age));
    }

    /** A site's first bundle. */
    byte[] bundleOf(SiteId site) {
        register(site.value(), 1);
        return bundles.get(site);
    }

    private static byte[] bundle(SiteIdentity signer, SiteId site, long version, Instant issued, AgeIdentity... ages) {
        KeyBundle bundle = new KeyBundle(
                signer.trust().networkId(),
                site,
                version,
                version == 1 ? null : Sha256.of(new byte[0]),
                issued,
                Stream.of(ages)
                        .map(age -> new KeyBundle.Key(
                                "k" + age.recipient().length(),
                                age.recipient(),
                                issued.minus(Duration.ofDays(1)),
                                Instant.now().plus(Duration.ofDays(1))))
                        .toList());
        return sign(signer, KeyBundle.TYPE, Json.write(bundle));
    }

    static byte[] sign(SiteIdentity signer, String type, byte[] payload) {
        return Envelope.signed(signer, type, payload, CryptoProviders.portable().signature())
                .write();
    }

    /** Hands out a bundle for a site that another one signed. */
    void swapBundle(String site, String signer) {
        bundles.put(
                SiteId.of(site),
                bundle(network.identity(signer), SiteId.of(site), 1, Instant.now(), AgeIdentity.generate()));
    }

    /** @param code null to refuse it no more */
    void refuse(String messageId, String code, String reason) {
        if (code == null) {
            refusals.remove(messageId);
            return;
        }
        refusals.put(messageId, rejection(code, reason));
    }

    private static StompFrame rejection(String code, String reason) {
        return StompFrame.of(StompCommand.RECEIPT)
                .header(Headers.STATUS, Headers.STATUS_REJECTED)
                .header(Headers.CODE, code)
                .header(Headers.REASON, reason)
                .build();
    }

    void takeAgain(String messageId) {
        refusals.remove(messageId);
    }

    /** Takes messages and confirms none. */
    void silent(boolean on) {
        silent = on;
    }

    /** From now on says which part it wants, and answers no frame that brings a part of several. */
    void withholdPartReceipts() {
        withholdsPartReceipts = true;
    }

    /** Answers a part as taken. */
    void answerPart(StompFrame part) {
        server.connections()
                .get(0)
                .send(receipt(
                        part,
                        StompFrame.of(StompCommand.RECEIPT)
                                .header(
                                        Headers.NEXT_PART,
                                        Integer.parseInt(part.header(Headers.PART)
                                                        .split("/")[0])
                                                + 1)
                                .build()));
    }

    void breakAtPart(int part) {
        breakAtPart = part;
    }

    /** Breaks off each time that the part comes, until {@link #breakAtPart} says otherwise. */
    void breakAlwaysAtPart(int part) {
        breaksAlways = true;
        breakAtPart = part;
    }

    void loseUploadAtPart(int part) {
        loseUploadAtPart = part;
    }

    List<Upload> confirmed() {
        return confirmed;
    }

    List<StompFrame> sends() {
        return server.frames().stream()
                .filter(frame -> frame.command() == StompCommand.SEND
                        && frame.header(Headers.DESTINATION).startsWith(Headers.EXCHANGE_PREFIX))
                .toList();
    }

    void pushKeys(String site) {
        for (StompConnection connection : server.connections()) {
            connection.send(keys(SiteId.of(site)));
        }
    }

    /** Hands out a revocation list. */
    void pushRevocations(byte[] list) {
        for (StompConnection connection : server.connections()) {
            connection.send(StompFrame.of(StompCommand.MESSAGE)
                    .header(Headers.SUBSCRIPTION, "revocations")
                    .header(Headers.MESSAGE_ID_OF_STOMP, "r")
                    .header(Headers.DESTINATION, Headers.REVOCATIONS)
                    .body(list)
                    .build());
        }
    }

    private StompFrame keys(SiteId site) {
        byte[] bundle = bundles.get(site);
        return bundle == null
                ? null
                : StompFrame.of(StompCommand.MESSAGE)
                        .header(Headers.SUBSCRIPTION, "keys-" + site)
                        .header(Headers.MESSAGE_ID_OF_STOMP, "k")
                        .header(Headers.DESTINATION, Headers.KEYS_PREFIX + site)
                        .body(bundle)
                        .build();
    }

    StompFrame answer(StompConnection connection, StompFrame frame) {
        String destination = frame.header(Headers.DESTINATION);
        if (destination != null && destination.startsWith(Headers.CHAIN)) {
            return chain(connection, frame);
        }
        if (destination != null && destination.startsWith(Headers.RECEIPTS)) {
            return receipts(connection, frame);
        }
        if (Headers.VERDICTS_NEXT.equals(destination)) {
            verdictsTaken.addAll(List.of(Json.read(frame.body(), Sha256[].class)));
            return receipt(frame, StompFrame.of(StompCommand.RECEIPT).build());
        }
        if (Headers.REVOCATIONS.equals(destination)) {
            return null;
        }
        if (frame.command() == StompCommand.SUBSCRIBE) {
            return keys(SiteId.of(frame.header(Headers.DESTINATION).substring(Headers.KEYS_PREFIX.length())));
        }
        if (frame.command() != StompCommand.SEND || silent) {
            return null;
        }
        boolean isLongPart = frame.body().length >= Manifest.PART_SIZE;
        return withholdsPartReceipts && isLongPart ? null : receipt(frame, take(connection, frame));
    }

    /** Sends it to the laboratory, from now on, as one of its own newest manifests. */
    void tellAsOwn(byte[] envelope) {
        told.add(envelope);
    }

    /** Answers questions for message_ids alone, as if it had lost which manifests are the newest. */
    void tellNoneUnasked() {
        tellsNoneUnasked = true;
    }

    /** Answers no question about manifests, as a headquarters that knows none. */
    void refuseChains(String code) {
        chainRefusal = rejection(code, "as the test says");
    }

    private StompFrame chain(StompConnection connection, StompFrame frame) {
        if (chainRefusal != null) {
            return receipt(frame, chainRefusal);
        }
        List<byte[]> answer = frame.command() == StompCommand.SUBSCRIBE
                ? tellsNoneUnasked ? List.of() : newest()
                : last(List.of(Json.read(frame.body(), MessageId[].class)));
        for (byte[] envelope : answer) {
            connection.send(StompFrame.of(StompCommand.MESSAGE)
                    .header(Headers.SUBSCRIPTION, "chain-" + TestLab.SITE)
                    .header(Headers.MESSAGE_ID_OF_STOMP, "c")
                    .header(Headers.DESTINATION, Headers.CHAIN_PREFIX + TestLab.SITE)
                    .body(envelope)
                    .build());
        }
        return receipt(frame, StompFrame.of(StompCommand.RECEIPT).build());
    }

    private List<byte[]> newest() {
        Map<SiteId, Upload> newest = new TreeMap<>();
        for (Upload upload : confirmed) {
            for (Manifest.Recipient recipient : upload.manifest().recipients()) {
                newest.merge(
                        recipient.id(),
                        upload,
                        (one, other) -> one.manifest().recipient(recipient.id()).seq() < recipient.seq() ? other : one);
            }
        }
        List<byte[]> answer = new ArrayList<>(told);
        newest.values().forEach(upload -> answer.add(upload.envelope()));
        return answer;
    }

    private List<byte[]> last(List<MessageId> asked) {
        return confirmed.stream()
                .filter(upload -> asked.contains(upload.manifest().messageId()))
                .max(Comparator.comparingInt(
                        upload -> asked.indexOf(upload.manifest().messageId())))
                .map(upload -> List.of(upload.envelope()))
                .orElse(List.of());
    }

    private boolean isConflict(MessageId messageId, StompFrame frame) {
        String length = frame.header(Headers.MANIFEST_LENGTH);
        if (length == null) {
            return false;
        }
        byte[] manifest = Envelope.parse(Arrays.copyOf(frame.body(), Integer.parseInt(length)))
                .payload();
        return confirmed.stream()
                .filter(upload -> upload.manifest().messageId().equals(messageId))
                .anyMatch(upload ->
                        !Arrays.equals(Envelope.parse(upload.envelope()).payload(), manifest));
    }

    /** As after a restore: the message was confirmed and is not here. */
    synchronized void lose(MessageId messageId) {
        lost.add(messageId);
        outcomes.removeIf(each -> each.messageId().equals(messageId));
        partial.remove(messageId.value());
        confirmed.removeIf(upload -> upload.manifest().messageId().equals(messageId));
    }

    private boolean isLost(MessageId messageId) {
        return lost.contains(messageId)
                && confirmed.stream()
                        .noneMatch(upload -> upload.manifest().messageId().equals(messageId));
    }

    /** A subscription is confirmed; a question is answered with what is known, then confirmed. */
    private StompFrame receipts(StompConnection connection, StompFrame frame) {
        if (frame.command() == StompCommand.SEND) {
            List<MessageId> asked = List.of(Json.read(frame.body(), MessageId[].class));
            questions.add(asked);
            List<DeliveryOutcome> answer = new ArrayList<>(outcomes.stream()
                    .filter(outcome -> asked.contains(outcome.messageId()))
                    .toList());
            asked.stream().filter(this::isLost).map(DeliveryOutcome::unknown).forEach(answer::add);
            tell(connection, answer);
        }
        return receipt(frame, StompFrame.of(StompCommand.RECEIPT).build());
    }

    private static void tell(StompConnection connection, List<DeliveryOutcome> told) {
        if (!told.isEmpty()) {
            connection.send(StompFrame.of(StompCommand.MESSAGE)
                    .header(Headers.SUBSCRIPTION, "receipts-" + TestLab.SITE)
                    .header(Headers.MESSAGE_ID_OF_STOMP, "r")
                    .header(Headers.DESTINATION, Headers.RECEIPTS_PREFIX + TestLab.SITE)
                    .body(Json.write(told))
                    .build());
        }
    }

    /** From now on what a question about it is answered with. */
    void ended(DeliveryOutcome outcome) {
        outcomes.removeIf(each -> each.messageId().equals(outcome.messageId())
                && each.receiverClientId().equals(outcome.receiverClientId()));
        outcomes.add(outcome);
    }

    /** The digests of the verdicts that the laboratory says it has. */
    List<Sha256> verdictsTaken() {
        return verdictsTaken;
    }

    /** Tells whoever is connected, unasked. */
    void tell(DeliveryOutcome outcome) {
        for (StompConnection connection : server.connections()) {
            tell(connection, List.of(outcome));
        }
    }

    /** The questions, page by page. */
    List<List<MessageId>> questions() {
        return questions;
    }

    private synchronized StompFrame take(StompConnection connection, StompFrame frame) {
        String messageId = MessageId.of(frame.header(Headers.MESSAGE_ID)).value();
        if (refusals.containsKey(messageId)) {
            return refusals.get(messageId);
        }
        if (isConflict(MessageId.of(messageId), frame)) {
            return rejection("conflict", "another manifest");
        }
        String[] part = frame.header(Headers.PART).split("/");
        int number = Integer.parseInt(part[0]);
        int parts = Integer.parseInt(part[1]);
        if (number == breakAtPart) {
            breakAtPart = breaksAlways ? breakAtPart : -1;
            connection.close();
            return null;
        }
        if (number == loseUploadAtPart) {
            loseUploadAtPart = -1;
            return rejection("upload-lost", "expected part 1 first");
        }
        ByteArrayOutputStream all = partial.computeIfAbsent(messageId, each -> new ByteArrayOutputStream());
        int nextPart = partsIn(all) + 1;
        boolean isQuestion =
                parts > 1 && String.valueOf(frame.body().length).equals(frame.header(Headers.MANIFEST_LENGTH));
        if (number == nextPart && !isQuestion) {
            all.writeBytes(frame.body());
            nextPart++;
        }
        boolean complete = nextPart > parts;
        if (complete && number == parts) {
            int length = manifestLength(all);
            confirmed.add(new Upload(
                    Arrays.copyOf(all.toByteArray(), length),
                    Arrays.copyOfRange(all.toByteArray(), length, all.size())));
        }
        return StompFrame.of(StompCommand.RECEIPT)
                .header("next-part", parts > 1 ? Integer.toString(nextPart) : null)
                .build();
    }

    private int partsIn(ByteArrayOutputStream all) {
        return all.size() == 0 ? 0 : Manifest.partsOf(all.size() - manifestLength(all));
    }

    private static int manifestLength(ByteArrayOutputStream all) {
        // The envelope is JSON that ends where the age file's first line begins.
        String text = new String(all.toByteArray(), java.nio.charset.StandardCharsets.ISO_8859_1);
        return text.indexOf("age-encryption.org/v1\n");
    }

    private static StompFrame receipt(StompFrame request, StompFrame reply) {
        if (reply == null) {
            return null;
        }
        StompFrame.Builder receipt =
                StompFrame.of(StompCommand.RECEIPT).header(Headers.RECEIPT_ID, request.header(Headers.RECEIPT));
        reply.headers().forEach(receipt::header);
        return receipt.build();
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
    }
}
