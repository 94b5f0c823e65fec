package io.saddlebag.hq;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.dsse.SignatureSteps;
import io.saddlebag.files.Presence;
import io.saddlebag.hq.publish.FreeSpace;
import io.saddlebag.hq.queue.QueueIndex;
import io.saddlebag.hq.routing.LiveTopology;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.session.Session;
import io.saddlebag.hq.store.Outage;
import io.saddlebag.hq.store.commit.CommitWriter;
import io.saddlebag.hq.store.spool.SpoolPayloadStore;
import io.saddlebag.hq.store.sql.PostgresMessageStore;
import io.saddlebag.hq.testing.NotingConnection;
import io.saddlebag.hq.testing.RunningHq;
import io.saddlebag.hq.testing.SignedMessage;
import io.saddlebag.hq.testing.TestDatabase;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Refusal;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.RunningTimes;
import io.saddlebag.testing.TestNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.builder.NotifyBuilder;
import org.apache.camel.spi.Registry;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.support.RoutePolicySupport;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.apache.camel.test.junit5.TestExecutionConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped routes of headquarters with their real beans, database and spool; only the wire is left out. */
class HqRoutesTest extends CamelTestSupport {
    private static final Session.Limits LIMITS = new Session.Limits(1 << 20, 100, 4, 2);

    @TempDir
    Path folder;

    private final List<Exception> refused = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(2);
    private TestDatabase database;
    private SpoolPayloadStore payloads;
    private CommitWriter writer;
    private QueueIndex index;
    private Session session;
    private SiteIdentity lab;

    @Override
    public void configureTest(TestExecutionConfiguration configuration) {
        configuration.withUseAdviceWith(true).withDisableJMX();
    }

    @Override
    protected void bindToRegistry(Registry registry) throws Exception {
        TestNetwork network = TestNetwork.create(folder);
        lab = network.identity("FL-LAB");
        database = TestDatabase.create();
        PostgresMessageStore messages = new PostgresMessageStore(database.dataSource());
        payloads = new SpoolPayloadStore(folder.resolve("spool"), Presence.ALWAYS);
        writer = new CommitWriter(messages, payloads, 100, CommitWriter.Parts.alone());
        writer.start();
        HqSteps steps = new HqSteps(
                new LiveTopology(Files.writeString(folder.resolve("topology.yaml"), RunningHq.TOPOLOGY)),
                lab.trust().networkId(),
                new HqSteps.Stores(messages, payloads, writer, new Outage()),
                new HqSteps.Threads(threads, threads, threads),
                RunningTimes.sinceEver(Clock.systemUTC()),
                new HqSteps.Limits(LIMITS, Long.MAX_VALUE, 100, Duration.ofDays(1), FreeSpace.UNWATCHED));
        index = steps.index();
        session = new Session(lab.site(), new NotingConnection(), LIMITS, steps.dispatcher(), threads);
        SignatureSteps.beans(network.identity(TestNetwork.HQ)).forEach(registry::bind);
        Map<String, Object> beans = new HashMap<>(steps.byName());
        beans.put("openSession", (Processor) this::openSession);
        beans.put("refuse", (Processor)
                exchange -> refused.add(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class)));
        beans.forEach(registry::bind);
        registry.bind("hqDatabase", database.dataSource());
        registry.bind("hqListenAddress", new RoutePolicySupport() {});
    }

    private void openSession(Exchange exchange) {
        exchange.setProperty(HqProperties.FRAME, exchange.getMessage().getBody(StompFrame.class));
        exchange.setProperty(HqProperties.SESSION, session);
    }

    @BeforeEach
    void load() throws Exception {
        Properties properties = new Properties();
        properties.put("hq.verify-manifests", "true");
        properties.put("hq.housekeeping", "1h");
        properties.put("hq.topology-check", "1h");
        properties.put("hq.free-space-check", "1h");
        properties.put("hq.changes-check", "1h");
        context.getPropertiesComponent().setInitialProperties(properties);
        List<Resource> files = new ArrayList<>();
        for (String file : List.of("hq/errors", "hq/accept", "hq/publish", "hq/housekeeping", "common/signatures")) {
            files.add(ResourceHelper.resolveMandatoryResource(
                    context, "classpath:saddlebag/routes/" + file + ".camel.yaml"));
        }
        PluginHelper.getRoutesLoader(context).loadRoutes(files);
        AdviceWith.adviceWith(context, "hq-accept", route -> route.replaceFromWith("direct:frames"));
        AdviceWith.adviceWith(context, "hq-housekeeping", route -> route.replaceFromWith("direct:housekeeping"));
    }

    @AfterEach
    void close() {
        writer.close();
        payloads.close();
        database.close();
        threads.shutdownNow();
    }

    private StompFrame send(StompFrame frame) {
        Exchange done =
                template.send("direct:frames", exchange -> exchange.getMessage().setBody(frame));
        assertThat(done.getException()).isNull();
        Object answer = done.getMessage().getBody();
        return answer instanceof StompFrame receipt && receipt.command() == StompCommand.RECEIPT ? receipt : null;
    }

    private long messages() {
        return database.number("SELECT count(*) FROM message");
    }

    @Test
    void aPublishIsVerifiedCommittedAndThenConfirmed() {
        context.start();
        NotifyBuilder passed = new NotifyBuilder(context)
                .fromRoute("hq-accept")
                .wereSentTo("direct:hq-publish")
                .whenCompleted(1)
                .and()
                .wereSentTo("direct:verify")
                .whenCompleted(1)
                .create();
        StompFrame receipt = send(SignedMessage.of(lab, "FL-LAB_DAT_20251008_001", "CA-RC", "NY-RC")
                .frame(1));

        assertThat(passed.matches(60, TimeUnit.SECONDS)).isTrue();
        assertThat(receipt.header(Headers.RECEIPT_ID)).isEqualTo("FL-LAB_DAT_20251008_001-1");
        assertThat(messages()).isEqualTo(1);
        assertThat(index.depths().get("ny_rc_queue").ready()).isEqualTo(1);
        assertThat(refused).isEmpty();
    }

    @Test
    void nothingIsConfirmedWhenTheCommitFails() throws Exception {
        AdviceWith.adviceWith(context, "hq-publish", route -> route.weaveById("hq-publish-commit")
                .replace()
                .process(exchange -> {
                    throw new IOException("the disk is gone");
                }));
        context.start();

        assertThat(send(SignedMessage.of(lab, "FL-LAB_DAT_20251008_001", "CA-RC")
                        .frame(1)))
                .isNull();
        assertThat(refused).singleElement().isInstanceOf(IOException.class);
    }

    @Test
    void aRefusalNeverReachesTheCommit() throws Exception {
        AdviceWith.adviceWith(context, "hq-publish", route -> route.weaveById("hq-publish-commit")
                .replace()
                .to("mock:commit"));
        context.start();
        SignedMessage message = SignedMessage.of(lab, "FL-LAB_DAT_20251008_001", "CA-RC");
        byte[] flipped = message.body().clone();
        flipped[7] ^= 1;
        send(message.headers(message.part(1, message.envelope(), flipped)).build());

        assertThat(refused).singleElement().isInstanceOfSatisfying(Refusal.class, refusal -> assertThat(refusal.code())
                .isEqualTo(Refusal.Code.BAD_DIGEST));
        getMockEndpoint("mock:commit").expectedMessageCount(0);
        getMockEndpoint("mock:commit").assertIsSatisfied();
        assertThat(messages()).isZero();
    }

    @Test
    void partsAreTakenOneByOneAndCommittedWithTheLast() {
        context.start();
        NotifyBuilder parts = new NotifyBuilder(context)
                .fromRoute("hq-accept")
                .wereSentTo("direct:hq-take-part")
                .whenCompleted(2)
                .create();
        SignedMessage large = SignedMessage.of(lab, "FL-LAB_IMG_20251008_001", Manifest.PART_SIZE + 9, null, "CA-RC");

        assertThat(send(large.frame(1)).header("next-part")).isEqualTo("2");
        assertThat(messages()).isZero();
        assertThat(send(large.frame(2)).header("next-part")).isEqualTo("3");
        assertThat(parts.matches(60, TimeUnit.SECONDS)).isTrue();
        assertThat(messages()).isEqualTo(1);
    }

    @Test
    void housekeepingHoldsTheIndexAgainstTheStore() {
        context.start();
        send(SignedMessage.of(lab, "FL-LAB_DAT_20251008_001", "CA-RC").frame(1));
        NotifyBuilder counted = new NotifyBuilder(context)
                .fromRoute("hq-housekeeping")
                .wereSentTo("jdbc:hqDatabase")
                .whenCompleted(1)
                .create();
        List<?> rows = template.requestBody("direct:housekeeping", null, List.class);

        assertThat(counted.matches(60, TimeUnit.SECONDS)).isTrue();
        assertThat(rows.toString()).contains("ca_rc_queue").contains("waiting=1");
    }
}
