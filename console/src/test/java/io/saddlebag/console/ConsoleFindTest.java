package io.saddlebag.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Messages are found at each kind of site, by everything that a person may know of one. */
@ExtendWith(SampleConsole.Shared.class)
class ConsoleFindTest {
    private final SampleConsole console;

    ConsoleFindTest(SampleConsole console) {
        this.console = console;
    }

    private List<String> found(String query) throws Exception {
        List<String> ids = new ArrayList<>();
        Matcher match = Pattern.compile("class=\"id\"[^>]*>([A-Z0-9_-]+)</a>").matcher(console.get("/find?" + query));
        while (match.find()) {
            ids.add(match.group(1));
        }
        return ids;
    }

    /** Every page from the first to the last. */
    private List<String> pages(String query) throws Exception {
        List<String> ids = new ArrayList<>();
        String next = "/find?" + query;
        while (next != null) {
            String page = console.get(next);
            Matcher match =
                    Pattern.compile("class=\"id\"[^>]*>([A-Z0-9_-]+)</a>").matcher(page);
            while (match.find()) {
                ids.add(match.group(1));
            }
            Matcher link =
                    Pattern.compile("href=\"(/find[?][^\"]*after=[^\"]*)\"").matcher(page);
            next = link.find() ? link.group(1).replace("&amp;", "&") : null;
        }
        return ids;
    }

    @Test
    void goesThroughHeadquartersPageByPageWithoutAGapOrARepeat() throws Exception {
        assertThat(pages("home=DC-HQ&state=waiting")).hasSizeBetween(160, 172).doesNotHaveDuplicates();
        assertThat(pages("home=DC-HQ&sender=PA-LAB"))
                .hasSize(500)
                .doesNotHaveDuplicates()
                .isSortedAccordingTo((a, b) -> b.compareTo(a));
    }

    @Test
    void findsAtHeadquartersByIdWithAStarAndByParts() throws Exception {
        String id = found("home=DC-HQ&sender=MA-LAB").get(3);

        assertThat(found("home=DC-HQ&q=" + id)).containsExactly(id);
        assertThat(found("home=DC-HQ&q=" + id.substring(0, id.length() - 1) + "*"))
                .contains(id);
        assertThat(found("home=DC-HQ&q=MA-*")).hasSize(25).allMatch(each -> each.startsWith("MA-LAB"));
        assertThat(found("home=DC-HQ&q=MA-LAB_*_*" + id.substring(id.length() - 4)))
                .contains(id);
        assertThat(found("home=DC-HQ&sender=MA-LAB&receiver=SF-RC")).isEmpty();
        assertThat(found("home=DC-HQ&state=failed&receiver=NY-RC")).isNotEmpty();
    }

    @Test
    void findsAtHeadquartersByDay() throws Exception {
        List<String> day = pages("home=DC-HQ&from=2026-11-10&to=2026-11-11&state=done");

        assertThat(pages("home=DC-HQ&from=2020-01-01&to=2020-01-02")).isEmpty();
        assertThat(day).allMatch(each -> each.contains("_20261110_") || each.contains("_20261111_"));
    }

    @Test
    void findsAtALaboratoryByNameIdDigestAndState() throws Exception {
        assertThat(found("home=FL-LAB&q=run7.bam")).containsExactly("FL-LAB_DAT_20261129_007");
        assertThat(found("home=FL-LAB&q=run5*")).hasSize(11);
        assertThat(found("home=FL-LAB&q=FL-LAB_DAT_20261129_01*")).hasSize(10);
        assertThat(found("home=FL-LAB&q=" + SampleNetwork.DIGEST)).containsExactly("FL-LAB_DAT_20261129_007");
        assertThat(found("home=FL-LAB&state=failed")).hasSize(6);
        assertThat(pages("home=FL-LAB")).hasSize(60).doesNotHaveDuplicates();
    }

    @Test
    void findsAtACentreByIdNameAndDigest() throws Exception {
        assertThat(found("home=CA-RC&q=FL-LAB_DAT_20261129_007.bam")).containsExactly("FL-LAB_DAT_20261129_007");
        assertThat(found("home=CA-RC&q=run7.bam")).containsExactly("FL-LAB_DAT_20261129_007");
        assertThat(pages("home=CA-RC&q=" + SampleNetwork.DIGEST)).hasSize(60).doesNotHaveDuplicates();
    }

    @Test
    void givesATableToASpreadsheetAndNoFormula() throws Exception {
        String csv = console.get("/find.csv?home=FL-LAB&q=FL-LAB_DAT_20261129_0*");

        assertThat(csv.lines().findFirst()).contains("message_id,sender,file_name,bytes,time,receiver,state,reason");
        assertThat(csv)
                .contains("FL-LAB_DAT_20261129_007,FL-LAB,run7.bam,4096,")
                .contains(SampleNetwork.HOSTILE.replace("\"", "\"\""), "\"'=1+1.bam\"");
        assertThat(csv.lines()).hasSize(1 + 2 * 60);
    }

    @Test
    void showsAMessageOfAllHomesInOnePage() throws Exception {
        String page = console.get("/message?id=FL-LAB_DAT_20261129_007");

        assertThat(page).contains("run7.bam", "To CA-RC", "To NY-RC", "own record", SampleNetwork.DIGEST);
    }

    @Test
    void showsHeadquartersRecordOfADeadLetter() throws Exception {
        String id = found("home=DC-HQ&state=failed&sender=IL-LAB").get(0);

        assertThat(console.get("/message?id=" + id))
                .contains("dead letter", "Send out again", "Discard for good", "headquarters' word", "The manifest");
    }

    @Test
    void offersToPutAFailedFileBack() throws Exception {
        assertThat(console.get("/message?id=FL-LAB_DAT_20261129_020"))
                .contains("It failed at FL-LAB", "Put run20.bam back");
    }

    @Test
    void refusesAnIdThatIsNone() throws Exception {
        assertThat(console.get("/message?id=%3Cscript%3E"))
                .contains("Expected a message_id")
                .doesNotContain("<script>alert");
        assertThat(console.get("/find?from=yesterday")).contains("Expected a day");
        assertThat(console.get("/find?to=%2B999999999-12-31")).contains("Expected a day");
        assertThat(console.get("/dead?number=x")).contains("Not shown", "Expected a page of this list");
        assertThat(console.get("/dead?why=%00")).contains("invalid byte sequence");
    }

    @Test
    void tellsTheRestOfAMessageWhileAJournalIsLocked() throws Exception {
        Path journal = console.network().home("ca-rc").resolve("journal/rc.db");
        try (Connection holder = DriverManager.getConnection("jdbc:sqlite:" + journal);
                Statement lock = holder.createStatement()) {
            lock.execute("PRAGMA locking_mode=EXCLUSIVE");
            lock.execute("BEGIN EXCLUSIVE");

            assertThat(console.get("/message?id=FL-LAB_DAT_20261129_007"))
                    .contains("ca-rc/journal/rc.db", "database is locked", "run7.bam", "To NY-RC");
            assertThat(console.get("/find.csv?home=CA-RC")).contains("Not shown", "database is locked");
            lock.execute("COMMIT");
        }
    }

    @Test
    void countsAMessageOnceThatWaitsForItsReceipt() throws Exception {
        String page = console.get("/");

        assertThat(page).containsPattern("<dt>Waiting</dt>\\s*<dd[^>]*>187<").contains("3\u202f000");
    }

    @Test
    void saysThatAHomeIsAway() throws Exception {
        Path home = console.network().home("ca-rc");
        Path elsewhere = Files.move(home, home.resolveSibling("elsewhere"));
        try {
            assertThat(console.get("/")).contains("has no home there any more", "Mount the disk of " + home);
            assertThat(console.get("/message?id=FL-LAB_DAT_20261129_007"))
                    .contains("CA-RC: its home is away.", "run7.bam");
            assertThat(console.get("/health")).contains("no home");
            assertThat(console.download("/health/bundle?home=CA-RC").readAllBytes())
                    .startsWith('P', 'K');
        } finally {
            Files.move(elsewhere, home);
        }
    }
}
