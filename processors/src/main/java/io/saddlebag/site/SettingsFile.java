package io.saddlebag.site;

import io.saddlebag.files.Utf8File;
import java.io.IOException;
import java.io.StringReader;
import java.util.Properties;

/** The lines of a home's application.properties, not judged yet. */
public final class SettingsFile {
    private SettingsFile() {}

    /** @throws IOException when it cannot be read, or is no UTF-8 or has a broken escape; names the file */
    public static Properties read(SiteHome home) throws IOException {
        Properties properties = new Properties();
        String text = Utf8File.read(home.settingsFile());
        try {
            properties.load(new StringReader(text));
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    home.settingsFile()
                            + ": expected four hexadecimal digits after each \\u, found others. Write \\\\u for"
                            + " a backslash before a u",
                    e);
        }
        return properties;
    }
}
