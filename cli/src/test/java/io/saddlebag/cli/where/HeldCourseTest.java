package io.saddlebag.cli.where;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.cli.where.Step.Basis;
import io.saddlebag.cli.where.Step.Kind;
import io.saddlebag.dsse.Envelope;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.DeliveryReceipt;
import io.saddlebag.message.Json;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.ReceiptSecret;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.seal.CryptoProviders;
import io.saddlebag.site.SiteHome;
import io.saddlebag.testing.TestNetwork;
import io.saddlebag.where.HeldDelivery;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Headquarters' rows next to what the sender knows, with receipts that are truly signed. */
class HeldCourseTest {
    private static final MessageId ID = MessageId.of("FL-LAB_DAT_20251008_001");
    private static final SiteId LAB = SiteId.of("FL-LAB");
    private static final SiteId CENTRE = SiteId.of("CA-RC");
    private static final Sha256 MANIFEST = Sha256.of(new byte[] {2});
    private static final ReceiptSecret SECRET = ReceiptSecret.random(new SecureRandom());
    private static final Sha256 SENT = SECRET.proof(Sha256.of(new byte[] {1}), 1);
    private static final Sha256 OTHER = SECRET.proof(Sha256.of(new byte[] {3}), 1);
    private static final Instant NOW = Instant.parse("2025-10-08T09:00:03.123456789Z");

    @TempDir
    static Path folder;

    private static SiteIdentity centre;
    private static Proofs proofs;

    private final Course course = new Course(CENTRE);

    @BeforeAll
    static void make() throws Exception {
        TestNetwork network = TestNetwork.create(folder);
        network.identityFolder(TestNetwork.HQ);
        centre = network.identity(CENTRE);
        proofs = new Proofs(new SiteHome(network.home(TestNetwork.HQ)), Clock.systemUTC());
    }

    private static byte[] receipt(Sha256 contentHmac) {
        byte[] payload = Json.write(DeliveryReceipt.received(
                centre.trust().networkId(), ID, LAB, CENTRE, MANIFEST, contentHmac, NOW, 1, 1));
        return Envelope.signed(
                        centre,
                        DeliveryReceipt.TYPE,
                        payload,
                        CryptoProviders.choose().signature())
                .write();
    }

    private Timeline acknowledged(byte[] receipt) {
        new HeldCourse(TestNetwork.HQ, proofs, StatusFile.none())
                .tell(
                        course,
                        new HeldDelivery(
                                ID,
                                CENTRE,
                                NOW.minusSeconds(9),
                                NOW.minusSeconds(2),
                                5,
                                MANIFEST,
                                "ca_rc_queue",
                                DeliveryOutcome.ACKNOWLEDGED,
                                1,
                                NOW,
                                NOW.plusSeconds(1),
                                null,
                                null,
                                receipt),
                        true);
        return course.timeline();
    }

    private static Step step(Timeline timeline, Kind kind) {
        return timeline.steps().stream()
                .filter(each -> each.kind() == kind)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void takesNoReceiptOfAnotherContentThanTheSendersForAProof() {
        course.expect(SENT, true);

        Timeline timeline = acknowledged(receipt(OTHER));

        assertThat(timeline.state()).isEqualTo(Timeline.State.UNDER_WAY);
        assertThat(timeline.why()).contains("its receipt does not hold: it is of another delivery or content");
        assertThat(timeline.steps()).extracting(Step::basis).containsOnly(Basis.WORD);
    }

    @Test
    void countsHeadquartersWordOnlyWhereTheSenderExpectsNoReceipt() {
        course.expect(SENT, true);
        assertThat(acknowledged(null).state()).isEqualTo(Timeline.State.UNDER_WAY);

        course.expect(SENT, false);
        assertThat(acknowledged(null).state()).isEqualTo(Timeline.State.RECEIVED);
    }

    @Test
    void takesHeadquartersTimeOfTheConfirmAndTheTimeThatIsProved() {
        course.expect(SENT, true);
        course.add(Kind.CONFIRMED, NOW.minusSeconds(1), "DC-HQ", Basis.WORD, null);
        course.add(Kind.OPENED, NOW.plusSeconds(5), "CA-RC", Basis.RECORD, null);

        Timeline timeline = acknowledged(receipt(SENT));

        assertThat(timeline.state()).isEqualTo(Timeline.State.RECEIVED);
        assertThat(step(timeline, Kind.CONFIRMED).time()).isEqualTo(NOW.minusSeconds(2));
        Step opened = step(timeline, Kind.OPENED);
        assertThat(opened.basis()).isEqualTo(Basis.PROVED);
        assertThat(opened.time()).isEqualTo(NOW);
        StringWriter text = new StringWriter();
        new WhereText(new PrintWriter(text, true))
                .print(new Whereabouts(
                        List.of(new Whereabouts.Found(ID, LAB, null, null, null, List.of(timeline))),
                        false,
                        List.of()));
        assertThat(text.toString())
                .contains(
                        "    confirmed      2025-10-08T09:00:01.123Z  headquarters' word  DC-HQ",
                        "    opened         2025-10-08T09:00:03.123Z  proved              CA-RC")
                .doesNotContain("456");
    }
}
