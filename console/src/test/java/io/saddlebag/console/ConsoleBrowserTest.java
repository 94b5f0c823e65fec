package io.saddlebag.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Cookie;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The pages in a real browser, one for all tests. */
@ExtendWith(SampleConsole.Shared.class)
class ConsoleBrowserTest {
    private static final List<String> PAGES = List.of(
            "/",
            "/find?home=FL-LAB&q=FL-LAB_DAT*",
            "/message?id=FL-LAB_DAT_20261129_007",
            "/queues?queue=ny_rc_queue",
            "/dead",
            "/sites",
            "/trust",
            "/routes",
            "/topology",
            "/audit",
            "/health");

    /** Together they have everything that the style sheet colours. */
    private static final List<String> OF_ALL_COLOURS = List.of("/", "/message?id=FL-LAB_DAT_20261129_007", "/routes");

    @TempDir
    private static Path folder;

    private static Browser browser;

    private final SampleConsole console;

    ConsoleBrowserTest(SampleConsole console) {
        this.console = console;
        // A cookie needs a page of its origin.
        browser.driver().get(console.origin() + "/assets/icon.svg");
        String[] cookie = console.cookie().split("=", 2);
        browser.driver()
                .manage()
                .addCookie(new Cookie.Builder(cookie[0], cookie[1])
                        .isHttpOnly(true)
                        .build());
    }

    @BeforeAll
    static void open() throws Exception {
        assumeTrue(Browser.isThere(), "SKIPPED: no chromium and chromedriver in /usr/bin to show the console's pages");
        browser = Browser.start(folder.resolve("profile"));
        browser.size(1200, 900);
    }

    @AfterAll
    static void close() {
        if (browser != null) {
            browser.close();
        }
    }

    private void open(String page) {
        browser.driver().get(console.origin() + page);
    }

    /** With -Dsaddlebag.screens=FOLDER it keeps a picture of each page. */
    @Test
    void hasNoFindingOfAxe() throws Exception {
        String screens = System.getProperty("saddlebag.screens");
        browser.size(1200, screens == null ? 900 : 960);
        List<String> findings = new ArrayList<>();
        for (String scheme : List.of("light", "dark")) {
            browser.scheme(scheme);
            for (String page : PAGES) {
                if (screens == null && scheme.equals("dark") && !OF_ALL_COLOURS.contains(page)) {
                    continue;
                }
                open(page);
                (scheme.equals("light") ? browser.findings() : browser.findingsOfColours())
                        .forEach(finding -> findings.add(page + " " + scheme + ": " + finding));
                if (screens != null) {
                    String name = page.replaceAll("^/|[?].*", "");
                    browser.picture(Path.of(screens, (name.isEmpty() ? "now" : name) + "-" + scheme + ".png"));
                }
            }
        }
        assertThat(findings).isEmpty();
    }

    @Test
    void fitsANarrowScreen() {
        browser.size(500, 900);
        try {
            for (String page : PAGES) {
                open(page);
                assertThat(
                                browser.driver()
                                        .executeScript(
                                                "return document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
                        .as(page)
                        .isEqualTo(true);
            }
        } finally {
            browser.size(1200, 900);
        }
    }

    @Test
    void showsAHostileNameAndDoesNotObeyIt() {
        open("/");

        assertThat(browser.driver().getTitle()).isEqualTo("Now · Saddlebag");
        assertThat(browser.driver().findElement(By.id("moving")).getText()).contains(SampleNetwork.HOSTILE);
        assertThat(browser.driver().findElements(By.cssSelector("main img, main script")))
                .isEmpty();
    }

    @Test
    void runsNoInlineScriptAndNoEval() {
        open("/");

        assertThat(browser.driver()
                        .executeScript(
                                "const s = document.createElement('script'); s.textContent = 'window.ran = true';"
                                        + "document.body.append(s); return window.ran === true"))
                .isEqualTo(false);
        // Chromium's driver itself evaluates; the page may not.
        assertThat(
                        browser.driver()
                                .executeScript(
                                        "const b = document.createElement('button'); b.setAttribute('onclick',"
                                                + " 'window.ran = true'); document.body.append(b); b.click(); return window.ran === true"))
                .isEqualTo(false);
    }

    @Test
    void drawsChartsFromTheirTables() {
        open("/");

        assertThat(browser.driver().findElements(By.cssSelector("figure.chart canvas")))
                .hasSize(2);
    }

    @Test
    void isWorkedByTheKeyboardAlone() {
        open("/dead");
        press(Keys.TAB);
        assertThat(focused().getText()).isEqualTo("Skip to the content");
        press(Keys.ENTER);
        for (int i = 0; i < 20 && !"checkbox".equals(focused().getDomAttribute("type")); i++) {
            press(Keys.TAB);
        }
        press(Keys.SPACE);
        assertThat(browser.driver().findElements(By.cssSelector("input[name=letter]:checked")))
                .hasSize(50);
        assertThat(focused().getCssValue("outline-style")).isEqualTo("solid");
    }

    private static void press(Keys key) {
        browser.driver().switchTo().activeElement().sendKeys(key);
    }

    private static WebElement focused() {
        return browser.driver().switchTo().activeElement();
    }

    @Test
    void entersByThePrintedLinkOnce() throws Exception {
        try (Console other = Console.open(List.of(console.network().home("fl-lab")), Clock.systemUTC(), "anna")) {
            String link = other.start(0);
            browser.driver().get(link);
            assertThat(browser.driver().getTitle()).isEqualTo("Now · Saddlebag");
            assertThat(browser.driver().getCurrentUrl()).doesNotContain("token");
            assertThat(browser.driver().executeScript("return document.cookie")).isEqualTo("");

            browser.driver().get(link);
            assertThat(browser.driver().findElement(By.tagName("body")).getText())
                    .contains("used already");
            // Each console of this machine has a cookie of its own.
            open("/");
            assertThat(browser.driver().getTitle()).isEqualTo("Now · Saddlebag");
        }
    }

    @Test
    void putsNewNumbersIntoAnOpenPage() throws Exception {
        open("/");
        Path status = console.network().home("pa-lab").resolve("run/status.json");
        Files.createDirectories(status.getParent());
        Files.writeString(
                status,
                Files.readString(console.network().home("fl-lab").resolve("run/status.json"))
                        .replace("FL-LAB", "PA-LAB")
                        .replace("headquarters has no room", "the key of NY-RC is away"));

        try {
            Awaitility.await().until(() -> browser.driver()
                    .executeScript("return document.getElementById('held').textContent")
                    .toString()
                    .contains("the key of NY-RC is away"));
        } finally {
            // The other tests know a laboratory that was never started.
            Files.delete(status);
        }
    }
}
