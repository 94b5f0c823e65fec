package io.saddlebag.bench.where;

import io.saddlebag.bench.files.LabHistory;
import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.cli.where.WhereFinder;
import io.saddlebag.cli.where.Whereabouts;
import io.saddlebag.hq.HqDatabase;
import io.saddlebag.journal.JournalFile;
import io.saddlebag.message.SiteId;
import io.saddlebag.rc.records.RcJournal;
import io.saddlebag.site.FreePort;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Fills the records of a laboratory, a centre and headquarters with messages that ended, and asks each for one of them. The
 * sites do not run. Signatures are no real ones, so that an answer lacks the time of their verification.
 */
public final class WhereRun {
    private static final SiteId LAB = SiteId.of("FL-LAB");
    private static final SiteId CENTRE = SiteId.of("CA-RC");

    private final ScenarioHomes homes;
    private final long messages;
    private final int times;

    /** @param times how often each question is asked */
    public WhereRun(Path folder, long messages, int times) {
        this.homes = new ScenarioHomes(folder);
        this.messages = messages;
        this.times = times;
    }

    /**
     * @param place the site
     * @param question as for {@code where}
     * @param found how many messages the answer has
     * @param firstMillis of the first such question in this process
     * @param medianMillis of all
     */
    public record Answer(String place, String question, int found, double firstMillis, double medianMillis) {}

    /** @param answers in the order in which they were asked */
    public record Report(long messages, List<Answer> answers) {
        public String table() {
            return answers.stream()
                    .map(each -> "%-7s %-70s %3d found  first %7.1f ms  median %6.1f ms"
                            .formatted(
                                    each.place(),
                                    each.question(),
                                    each.found(),
                                    each.firstMillis(),
                                    each.medianMillis()))
                    .collect(Collectors.joining(
                            System.lineSeparator(), messages + " messages a site" + System.lineSeparator(), ""));
        }

        /** True if each question found something. */
        public boolean isClean() {
            return answers.stream().allMatch(each -> each.found() > 0);
        }
    }

    public Report run() throws Exception {
        homes.make(FreePort.any());
        long chosen = messages / 3;
        String id = LabHistory.messageId(LAB, chosen);
        String digest = LabHistory.sha256(chosen);
        List<Answer> answers = new ArrayList<>();
        LabHistory.fill(homes.home(LAB), LAB, messages);
        fillCentre();
        List<String> known = List.of(LabHistory.fileName(chosen), id, id.substring(0, id.length() - 2) + "*", digest);
        for (SiteId site : List.of(LAB, CENTRE)) {
            for (String each : known) {
                answers.add(ask(site, each));
            }
        }
        try (HqDatabase database = HqDatabase.open(homes.home(ScenarioHomes.HEADQUARTERS))) {
            fillHeadquarters(database);
            answers.add(ask(ScenarioHomes.HEADQUARTERS, id));
            answers.add(ask(ScenarioHomes.HEADQUARTERS, known.get(2)));
        }
        return new Report(messages, answers);
    }

    private Answer ask(SiteId site, String question) throws Exception {
        WhereFinder finder =
                new WhereFinder(List.of(homes.home(site)), WhereFinder.HqReading.OF_COMMANDS, Clock.systemUTC());
        List<Double> millis = new ArrayList<>();
        int found = 0;
        for (int i = 0; i < times; i++) {
            long began = System.nanoTime();
            Whereabouts answer = finder.find(question);
            millis.add((System.nanoTime() - began) / 1e6);
            found = answer.messages().size();
        }
        double first = millis.get(0);
        return new Answer(
                site.value(),
                question,
                found,
                first,
                millis.stream().sorted().toList().get(times / 2));
    }

    /** The messages are numbered from 1; an SQL expression of their numbers is {@code n}. */
    private String numbered(String insert) {
        return "WITH RECURSIVE count(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < " + messages + ") "
                + insert;
    }

    private void fillCentre() throws Exception {
        Path file = Files.createDirectories(homes.home(CENTRE).journal()).resolve("rc.db");
        try (RcJournal journal = RcJournal.open(file)) {
            fill(file, "INSERT INTO receipt (id, envelope) SELECT n, zeroblob(900) FROM count");
            fill(
                    file,
                    "INSERT INTO delivery (sender_id, message_id, queue_name, state, manifest_sha256, seq,"
                            + " content_sha256, content_size, content_hmac, received_time, acknowledged_time, receipt_id,"
                            + " file_name)"
                            + " SELECT 'FL-LAB', printf('FL-LAB_DAT_20251008_%09d', n), 'ca_rc_queue', 'ACKNOWLEDGED',"
                            + " printf('%064x', n), n, printf('%016x%048x', n * 7919, n), 1024, printf('%064x', n),"
                            + " '2025-10-08T09:00:03Z', '2025-10-08T09:00:04Z', n, 'run' || n || '.bam' FROM count");
        }
    }

    private void fill(Path file, String insert) throws SQLException {
        try (Connection connection = DriverManager.getConnection(JournalFile.urlOf(file));
                Statement statement = connection.createStatement()) {
            statement.execute(numbered(insert));
        }
    }

    private void fillHeadquarters(HqDatabase database) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "INSERT INTO message SELECT n, n, 'FL-LAB_DAT_20251008_' || lpad(n::text, 9, '0'), 'FL-LAB', 'labs',"
                            + " '2025-10-08T09:00:00Z', '2025-10-08T09:00:02Z', NULL, 2048, sha256(n::text::bytea),"
                            + " sha256(n::text::bytea), convert_to(repeat('m', 900), 'UTF8')"
                            + " FROM generate_series(1, " + messages + ") AS n");
            statement.execute("INSERT INTO delivery_ended (message_number, queue_name, receiver_client_id, routing_key,"
                    + " attempts, delivered_time, acknowledged_time, delivery_receipt)"
                    + " SELECT n, 'ca_rc_queue', 'CA-RC', 'ca_rc', 1, '2025-10-08T09:00:03Z', '2025-10-08T09:00:04Z',"
                    + " convert_to(repeat('r', 900), 'UTF8') FROM generate_series(1, " + messages + ") AS n");
        }
    }
}
