package io.saddlebag.rc;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.message.Json;
import io.saddlebag.message.Refusal;
import io.saddlebag.rc.deliver.FaultSteps;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Predicate;
import org.apache.camel.Processor;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.builder.NotifyBuilder;
import org.apache.camel.spi.RoutesLoader;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.junit.jupiter.api.Test;

/** The shipped route files alone: which step follows which, and where each fault leads. Every step only notes its name. */
class ShippedRoutesTest extends CamelTestSupport {
    private static final List<String> STEPS = List.of(
            "readPart",
            "assembleParts",
            "readManifest",
            "checkRecipient",
            "findEarlier",
            "checkSender",
            "checkExpiry",
            "checkDigest",
            "openSeal",
            "openAhead",
            "openLater",
            "checkContent",
            "placePayload",
            "placeFolder",
            "composeStandardizedMessage",
            "stageStandardizedMessage",
            "announcePublication",
            "placeStandardizedMessage",
            "countPublished",
            "composeReceipt",
            "journalDelivery",
            "acknowledgeDelivery",
            "refuseDelivery",
            "countRefused",
            "deadLetterDelivery",
            "suspendDeliveries",
            "postponeDelivery",
            "returnDelivery");

    private final List<String> taken = new CopyOnWriteArrayList<>();
    private volatile String special = "";
    private volatile List<String> failing = List.of();
    /** Those that are answered otherwise than of a new file. */
    private volatile Set<String> choices = Set.of();

    private volatile Processor specially = exchange -> {};

    @Override
    protected CamelContext createCamelContext() throws Exception {
        CamelContext context = super.createCamelContext();
        for (String name : STEPS) {
            context.getRegistry().bind(name, step(name));
        }
        context.getRegistry().bind("isFinalRefusal", (Predicate) FaultSteps::isFinalRefusal);
        context.getRegistry().bind("standardizedJson", Json.mapperForRoutes());
        for (String choice : List.of("hasManifest", "isBegun", "isNew", "isUnsigned", "isFolder")) {
            boolean isSeldom = choice.equals("isBegun") || choice.equals("isFolder");
            context.getRegistry().bind(choice, (Predicate) exchange -> isSeldom == choices.contains(choice));
        }
        RoutesLoader loader = PluginHelper.getRoutesLoader(context);
        for (String file : List.of("rc/errors", "rc/deliver", "rc/publish", "rc/acknowledge", "templates/outbox")) {
            loader.loadRoutes(ResourceHelper.resolveMandatoryResource(
                    context, "classpath:saddlebag/routes/" + file + ".camel.yaml"));
        }
        context.addRouteFromTemplate(
                "ca-rc-outbox", "outbox", Map.of("queue", "ca_rc_queue", "directory", "outbox", "prefetch", "16"));
        AdviceWith.adviceWith(context, "ca-rc-outbox", advice -> {
            advice.replaceFromWith("direct:deliveries");
        });
        AdviceWith.adviceWith(context, "rc-deliver", advice -> advice.weaveById("rc-deliver-verify")
                .replace()
                .process(step("direct:verify")));
        AdviceWith.adviceWith(context, "rc-acknowledge", advice -> advice.weaveById("rc-acknowledge-sign")
                .replace()
                .process(step("direct:sign")));
        return context;
    }

    private Processor step(String name) {
        return exchange -> {
            taken.add(name);
            if (name.equals("composeStandardizedMessage")) {
                exchange.getMessage().setBody(Map.of("message_id", "FL-LAB_DAT_20251008_001"));
            }
            if (name.equals(special) || failing.contains(name)) {
                specially.process(exchange);
            }
        };
    }

    @Test
    void verifiesOpensPublishesAndOnlyThenAcknowledges() {
        deliver();

        assertThat(taken)
                .containsExactly(
                        "readPart",
                        "direct:verify",
                        "readManifest",
                        "checkRecipient",
                        "assembleParts",
                        "findEarlier",
                        "checkSender",
                        "checkExpiry",
                        "checkDigest",
                        "openSeal",
                        "checkContent",
                        "placePayload",
                        "composeStandardizedMessage",
                        "stageStandardizedMessage",
                        "announcePublication",
                        "placeStandardizedMessage",
                        "countPublished",
                        "composeReceipt",
                        "direct:sign",
                        "journalDelivery",
                        "acknowledgeDelivery");
    }

    @Test
    void placesAFolderInAnotherWay() {
        choices = Set.of("isFolder");

        deliver();

        assertThat(taken).contains("placeFolder", "composeStandardizedMessage").doesNotContain("placePayload");
    }

    @Test
    void makesJsonOfWhatWasComposed() {
        CopyOnWriteArrayList<String> staged = new CopyOnWriteArrayList<>();
        at(
                "stageStandardizedMessage",
                exchange -> staged.add(exchange.getMessage().getBody(String.class)));

        deliver();

        assertThat(staged).hasSize(1).first().asString().contains("\"message_id\"", "FL-LAB_DAT_20251008_001");
    }

    @Test
    void signsAndAcknowledgesWhatStoodInTheOutboxBeforeACrash() {
        choices = Set.of("isNew");

        deliver();

        assertThat(taken)
                .endsWith("findEarlier", "composeReceipt", "direct:sign", "journalDelivery", "acknowledgeDelivery")
                .doesNotContain("openSeal", "placePayload");
    }

    @Test
    void acknowledgesARepeatWithTheReceiptThatItHas() {
        choices = Set.of("isNew", "isUnsigned");

        deliver();

        assertThat(taken).endsWith("findEarlier", "acknowledgeDelivery");
    }

    @Test
    void acknowledgesAndDoesNotPlaceWhatWasSentAgain() {
        at("openSeal", exchange -> choices = Set.of("isNew"));

        deliver();

        assertThat(taken)
                .endsWith("openSeal", "composeReceipt", "direct:sign", "journalDelivery", "acknowledgeDelivery")
                .doesNotContain("placePayload", "announcePublication");
    }

    @Test
    void endsAtAPartThatIsNeitherTheFirstNorTheLast() {
        choices = Set.of("hasManifest");
        at("assembleParts", exchange -> exchange.setRouteStop(true));

        deliver();

        assertThat(taken).containsExactly("readPart", "assembleParts");
    }

    @Test
    void endsAtAPartOfADeliveryThatWasGivenUp() {
        at("readPart", exchange -> exchange.setRouteStop(true));

        deliver();

        assertThat(taken).containsExactly("readPart");
    }

    @Test
    void beginsToOpenWithTheFirstOfSeveralPartsOnceItsManifestIsVerified() {
        choices = Set.of("isBegun");

        deliver();

        assertThat(taken)
                .containsExactly(
                        "readPart",
                        "direct:verify",
                        "readManifest",
                        "checkRecipient",
                        "assembleParts",
                        "checkSender",
                        "checkExpiry",
                        "openAhead");
    }

    @Test
    void saysNothingOfASenderOrExpiryBeforeTheLastPartAndOpensNothing() {
        choices = Set.of("isBegun");
        for (Exception fault :
                List.of(new Refusal(Refusal.Code.EXPIRED, "as the test says"), new IOException("as the test says"))) {
            taken.clear();
            at("checkExpiry", exchange -> {
                throw fault;
            });

            deliver();

            assertThat(taken).endsWith("checkSender", "checkExpiry", "openLater");
        }
    }

    @Test
    void deadLettersWhatIsRefusedAtAnyStep() {
        for (String step : List.of(
                "direct:verify",
                "checkRecipient",
                "assembleParts",
                "findEarlier",
                "checkSender",
                "checkExpiry",
                "checkDigest",
                "openSeal")) {
            taken.clear();
            at(step, exchange -> {
                throw new Refusal(Refusal.Code.BAD_SEAL, "as the test says");
            });

            deliver();

            assertThat(taken).endsWith(step, "refuseDelivery", "countRefused", "deadLetterDelivery");
        }
    }

    @Test
    void returnsWhatThisSiteCannotTakeNowAtAnyStep() {
        for (String step :
                List.of("readPart", "assembleParts", "placePayload", "announcePublication", "journalDelivery")) {
            taken.clear();
            at(step, exchange -> {
                throw new IOException("as the test says");
            });

            deliver();

            assertThat(taken)
                    .endsWith(step, "suspendDeliveries", "postponeDelivery", "returnDelivery")
                    .doesNotContain("acknowledgeDelivery");
        }
    }

    @Test
    void leavesADeliveryThatItsDiskDoesNotTakeWithHeadquarters() {
        specially = exchange -> {
            if (taken.contains("suspendDeliveries")) {
                exchange.setRouteStop(true);
            } else {
                throw new IOException("as the test says");
            }
        };
        failing = List.of("placePayload", "suspendDeliveries");

        deliver();

        assertThat(taken).endsWith("placePayload", "suspendDeliveries");
    }

    private void at(String step, Processor processor) {
        special = step;
        specially = processor;
    }

    private void deliver() {
        NotifyBuilder done =
                new NotifyBuilder(context).fromRoute("ca-rc-outbox").whenDone(1).create();
        template.sendBody("direct:deliveries", new byte[] {1});
        assertThat(done.matches(60, TimeUnit.SECONDS)).isTrue();
    }
}
