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
    private Path jar;
    private ConfigurationChanges changes;

    @BeforeEach
    void start() throws IOException {
        home = new SiteHome(folder);
        jar = Files.createFile(Files.createDirectories(home.lib()).resolve("ours.jar"));
        Files.writeString(home.settingsFile(), "site.id=FL-LAB\n");
        changes = new ConfigurationChanges(home);
    }

    @Test
    void tellsEachChangeOnce() throws IOException {
        Path added = home.lib().resolve("more.jar");
        try (LoggedLines lines = LoggedLines.of(ConfigurationChanges.class)) {
            changes.tell();
            assertThat(lines.at(Level.WARN)).isEmpty();
            Files.writeString(home.settingsFile(), "recipient.NY-RC=ny_rc\n", StandardOpenOption.APPEND);
            Files.writeString(added, "x");
            Files.delete(jar);
            changes.tell();
            changes.tell();

            assertThat(lines.at(Level.WARN))
                    .containsExactly(
                            home.settingsFile() + ": changed after the start; that counts from the next start on",
                            added + ": added after the start; that counts from the next start on",
                            jar + ": removed after the start; that counts from the next start on");
        }
    }

    @Test
    void passesOverFilesThatAreNoJars() throws IOException {
        try (LoggedLines lines = LoggedLines.of(ConfigurationChanges.class)) {
            Files.writeString(jar.resolveSibling(".#ours.jar"), "x");
            Files.writeString(jar.resolveSibling("notes.txt"), "x");
            changes.tell();

            assertThat(lines.at(Level.WARN)).isEmpty();
        }
    }
}
