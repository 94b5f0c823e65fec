package io.saddlebag.console.pages;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import io.javalin.http.Context;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** Fills templates, which are classes of this jar. They escape each text for its place. For any number of threads. */
public final class View {
    private static final String HTML = "text/html; charset=utf-8";

    private final TemplateEngine templates = TemplateEngine.createPrecompiled(ContentType.Html);
    private final Clock clock;
    private final String footer;

    /** @param footer who looks at which version */
    public View(Clock clock, String footer) {
        this.clock = clock;
        this.footer = footer;
    }

    Instant now() {
        return clock.instant();
    }

    /**
     * @param path of the page in the list of pages
     * @param model what the template calls {@code page}
     */
    void show(Context answer, String template, String title, String path, Object model) {
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("frame", new Frame(title, path, now(), footer));
        parameters.put("page", model);
        StringOutput html = new StringOutput();
        templates.render(template + ".jte", parameters, html);
        answer.contentType(HTML).result(html.toString());
    }

    /** Shows a sentence in the place of a page. */
    public void fault(Context answer, int status, String reason) {
        answer.status(status);
        show(answer, "fault", "Not shown", "", new Fault(status, reason));
    }

    /** @param status of HTTP */
    public record Fault(int status, String reason) {}
}
