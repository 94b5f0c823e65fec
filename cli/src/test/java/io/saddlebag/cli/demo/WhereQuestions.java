package io.saddlebag.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.cli.Saddlebag;
import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.message.Json;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.RunningSite;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** {@code where} at the sites of a scenario, of which one centre is away. */
final class WhereQuestions {
    private static final SiteId HQ = ScenarioHomes.HEADQUARTERS;

    private final RunningScenario scenario;
    private final StringWriter said = new StringWriter();
    private int exitCode;

    WhereQuestions(RunningScenario scenario) {
        this.scenario = scenario;
    }

    /** @return standard output; what is said on standard error is in {@link #said} */
    private String where(String what, SiteId... sites) {
        StringWriter out = new StringWriter();
        said.getBuffer().setLength(0);
        List<String> words = new ArrayList<>(List.of("where", what));
        if (what.startsWith("--json ")) {
            words = new ArrayList<>(List.of("where", "--json", what.substring("--json ".length())));
        }
        for (SiteId each : sites) {
            words.add("--home");
            words.add(scenario.home(each).folder().toString());
        }
        exitCode = Saddlebag.execute(
                new PrintWriter(out, true), new PrintWriter(said, true), words.toArray(String[]::new));
        return out.toString();
    }

    void say(Sample sample, SiteId late) throws Exception {
        SiteId lab = sample.sender();
        SiteId here = sample.recipients().get(0);
        await("its receipt").atMost(Duration.ofSeconds(30)).until(() -> where(sample.fileName(), lab)
                .contains(here + ": received"));
        assertThat(exitCode).isEqualTo(1);
        assertThat(said.toString()).contains(lab + " does not run: its journal answers, and DC-HQ was not asked");

        try (RunningSite labRuns = claim(lab);
                RunningSite centreRuns = claim(here)) {
            theSenderKnowsEachRecipient(sample, here, late);
            headquartersKnowsNoNames(sample, here);
            theRecipientKnowsItsOwn(sample, here, late);
            severalHomesGiveOneTimeline(sample, here, late);
        }
        nobodyElseKnows(sample);
    }

    private RunningSite claim(SiteId site) throws Exception {
        return RunningSite.claim(scenario.home(site), Clock.systemUTC());
    }

    private void theSenderKnowsEachRecipient(Sample sample, SiteId here, SiteId late) throws Exception {
        String digest = Sha256.of(sample.content()).hex();
        for (String what : List.of(
                sample.fileName(),
                "drop/" + sample.fileName(),
                sample.messageId().value(),
                sample.sender() + "_*",
                digest)) {
            assertThat(where(what, sample.sender()))
                    .as(what)
                    .containsSubsequence(
                            sample.messageId() + " from " + sample.sender() + ", " + sample.fileName(),
                            "SHA-256 " + digest,
                            here + ": received" + System.lineSeparator(),
                            "claimed",
                            "own record",
                            "sealed",
                            "sent",
                            "confirmed",
                            "headquarters' word",
                            "opened",
                            "proved",
                            "acknowledged",
                            "proved",
                            late + ": under way; waits at DC-HQ until " + late + " has taken it",
                            "confirmed");
            assertThat(exitCode).isEqualTo(1);
            assertThat(said.toString()).as("notes").isEmpty();
        }
    }

    private void headquartersKnowsNoNames(Sample sample, SiteId here) throws Exception {
        for (String what :
                List.of(sample.fileName(), Sha256.of(sample.content()).hex())) {
            assertThat(where(what, HQ)).isEmpty();
            assertThat(exitCode).isEqualTo(4);
            assertThat(said.toString())
                    .contains("DC-HQ knows no names and no digests of files", what + ": nothing of it is known here");
        }
        assertThat(where(sample.messageId().value().substring(0, 20) + "*", HQ))
                .contains(here + ": received", "claimed", "proved", "under way; waits at DC-HQ")
                .doesNotContain(sample.fileName());
        assertThat(exitCode).isEqualTo(1);
        where(sample.sender() + "*", HQ);
        assertThat(said.toString()).contains("Expected a message_id, or its beginning with the sender's id and a star");
    }

    private void theRecipientKnowsItsOwn(Sample sample, SiteId here, SiteId late) throws Exception {
        for (String what : List.of(
                sample.fileName(),
                sample.messageId() + ".message.json",
                sample.sender() + "_*",
                Sha256.of(sample.content()).hex())) {
            assertThat(where(what, here))
                    .as(what)
                    .contains(
                            here + ": received", "outbox of ca_rc_queue: " + sample.sender() + "/" + sample.fileName())
                    .doesNotContain(late.value());
            assertThat(exitCode).isZero();
        }
        JsonNode json =
                Json.read(where("--json " + sample.messageId(), here).getBytes(StandardCharsets.UTF_8), JsonNode.class);
        JsonNode recipients = json.path("messages").path(0).path("recipients");
        assertThat(recipients).hasSize(1);
        assertThat(recipients.path(0).path("state").asText()).isEqualTo("received");
        assertThat(recipients.path(0).path("steps").findValuesAsText("basis")).contains("proved", "headquarters' word");
    }

    private void severalHomesGiveOneTimeline(Sample sample, SiteId here, SiteId late) throws Exception {
        String joined = where(sample.fileName(), here, HQ, sample.sender());

        assertThat(joined.lines().filter(line -> line.contains(" from " + sample.sender())))
                .hasSize(1);
        assertThat(joined.lines().filter(line -> line.startsWith("    claimed")))
                .hasSize(2)
                .allMatch(line -> line.contains("proved"));
        assertThat(joined).contains("outbox of ca_rc_queue", late + ": under way");
        assertThat(exitCode).isEqualTo(1);
    }

    /** A laboratory with a connection, which asks for another's message. */
    private void nobodyElseKnows(Sample sample) throws Exception {
        SiteId other = ScenarioHomes.LABS.stream()
                .filter(each -> !each.equals(sample.sender()))
                .findFirst()
                .orElseThrow();
        try (RunningSite runs = claim(other)) {
            for (String what : Stream.of(sample.messageId(), sample.sender() + "_*", sample.fileName())
                    .map(Object::toString)
                    .toList()) {
                assertThat(where(what, other)).isEmpty();
                assertThat(exitCode).isEqualTo(4);
            }
        }
        assertThat(scenario.home(sample.sender()).run().resolve("questions")).isEmptyDirectory();
    }
}
