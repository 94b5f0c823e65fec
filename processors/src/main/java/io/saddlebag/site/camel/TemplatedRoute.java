package io.saddlebag.site.camel;

import java.util.Map;

/**
 * A route that an integrator asked for in a file of the home: a template and its parameters.
 *
 * @param place of the route in the files, {@code file:line}
 * @param routeId null when the file gives none
 * @param template the template's id
 * @param parameters as written, placeholders and all; the template's defaults are not among them
 */
public record TemplatedRoute(String place, String routeId, String template, Map<String, Parameter> parameters) {
    public TemplatedRoute {
        parameters = Map.copyOf(parameters);
    }

    /**
     * @param value as written
     * @param place {@code file:line}
     */
    public record Parameter(String value, String place) {}
}
