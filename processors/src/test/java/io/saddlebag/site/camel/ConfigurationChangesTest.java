package io.saddlebag.site.camel;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.saddlebag.site.SiteHome;
import io.saddlebag.testing.LoggedLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationChangesTest {
    @TempDir
    private Path folder;

    private SiteHome home;
    private Path route;
    private ConfigurationChanges changes;

    @BeforeEach
    void start() throws IOException {
        home = new SiteHome(folder);
        route = Files.createDirectories(home.routes()).resolve("ours.camel.yaml");
        Files.writeString(route, "- from:\n");
        Files.writeString(home.settingsFile(), "site.id=FL-LAB\n");
        changes = new ConfigurationChanges(home);
    }

    @Test
    void tellsEachChangeOnce() throws IOException {
        Path added = home.routes().resolve("more.camel.yaml");
        try (LoggedLines lines = LoggedLines.of(ConfigurationChanges.class)) {
            changes.tell();
            assertThat(lines.at(Level.WARN)).isEmpty();
            Files.writeString(home.settingsFile(), "recipient.NY-RC=ny_rc\n", StandardOpenOption.APPEND);
            Files.writeString(added, "- from:\n");
            Files.delete(route);
            changes.tell();
            changes.tell();

            assertThat(lines.at(Level.WARN))
                    .containsExactly(
                            home.settingsFile() + ": changed after the start; that counts from the next start on",
                            added + ": added after the start; that counts from the next start on",
                            route + ": removed after the start; that counts from the next start on");
        }
    }

    @Test
    void passesOverFilesThatAreNoRoutes() throws IOException {
        try (LoggedLines lines = LoggedLines.of(ConfigurationChanges.class)) {
            Files.writeString(route.resolveSibling(".#ours.camel.yaml"), "x");
            Files.writeString(route.resolveSibling("notes.txt"), "x");
            changes.tell();

            assertThat(lines.at(Level.WARN)).isEmpty();
        }
    }
}
